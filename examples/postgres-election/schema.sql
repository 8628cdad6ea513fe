-- One row for each group. It never expires: whoever has seen it unchanged for a whole timeout may take it over.
create table if not exists failover_mandate (
  group_name text primary key,
  term bigint not null check (term between 0 and 9007199254740990),
  instance_id text not null,
  incarnation text not null,
  nonce text not null, -- new with every write, and every write names the one that it replaces
  interval_ms double precision not null check (interval_ms between 0 and 1e12),
  timeout_ms double precision not null check (timeout_ms between 0 and 1e12),
  resigned boolean not null
);
