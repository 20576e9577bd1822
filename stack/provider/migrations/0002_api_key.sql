-- Keys that customers make here and the gateway checks. The key itself is never
-- kept: `hash` is HMAC-SHA256(pepper number `pepper_version`, the whole key).

create table if not exists api_key (
  id             uuid primary key default gen_random_uuid(),
  user_id        text not null references "user" ("id") on delete cascade,
  name           text not null,
  mode           text not null check (mode in ('test', 'live')),
  key_id         text not null unique,   -- 12 characters of base62: public, the gateway looks a key up by it
  hash           bytea not null check (octet_length(hash) = 32),
  pepper_version integer not null,
  created_at     timestamptz not null default now(),
  last_used_at   timestamptz,
  revoked_at     timestamptz
);
create index if not exists api_key_user_id_idx on api_key (user_id, created_at desc);

-- A rotation asks how many living keys still stand on an old pepper.
create index if not exists api_key_pepper_version_idx on api_key (pepper_version) where revoked_at is null;
