-- By this a file that was refused is recognised when the provider hands it out again, unchanged.
ALTER TABLE settlement_files ADD COLUMN content_sha256 bytea;
CREATE INDEX settlement_files_refused ON settlement_files (external_id) WHERE status = 'refused';
