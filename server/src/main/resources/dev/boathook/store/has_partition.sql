SELECT to_regclass(:parent || '_' || to_char(:day::date, 'YYYYMMDD')) IS NOT NULL
