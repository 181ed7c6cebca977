-- One row per customer and day with a purchase: CDNOW, 1997-01 to 1998-06, as published.

{{ config(materialized='table') }}

with

file as (

    select string_split(content, chr(10)) as lines
    from read_text('{{ env_var("CDNOW_FILE") }}')

),

numbered as (

    select
        unnest(lines) as line,
        unnest(range(len(lines))) as line_number
    from file

),

-- the columns are set apart by a varying number of blanks; the first line is a header
split as (

    select
        line_number,
        regexp_split_to_array(trim(line, chr(32) || chr(13)), '\s+') as cells
    from numbered
    where line_number > 0 and length(trim(line, chr(32) || chr(13))) > 0

)

select
    line_number as receipt_number,
    cells[1] as shopper,
    cast(strptime(cells[2], '%Y%m%d') as date) as day_bought,
    cast(cells[3] as integer) as count_discs,
    cast(cells[4] as decimal(18, 2)) as dollars
from split
