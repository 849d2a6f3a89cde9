-- By which a customer tells his sessions apart. They go when the session expires.
ALTER TABLE sessions ADD COLUMN address text, ADD COLUMN user_agent text;
