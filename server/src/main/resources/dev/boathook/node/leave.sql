DELETE FROM node WHERE nonce = ?
