-- The package keeps its seeds, unit tests and exposures to itself.

select table_name
from information_schema.tables
where table_name like 'raw\_%' escape '\'
