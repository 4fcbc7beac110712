SELECT pg_notify('boathook', ?)
