create table notes (
  id integer primary key autoincrement,
  title text not null,
  body text not null,
  author text not null,
  created text not null,
  views integer not null default 0
);
create index notes_by_age on notes (created);
