-- What the newest build found beyond a limit: a warning, the build goes on.

{{ config(severity='warn') }}

with

monitoring as (

    select
        *,
        max(observed_date) over () as newest_date
    from {{ ref('clv_monitoring') }}

)

select
    as_of_date,
    metric,
    subject,
    metric_value,
    least_value,
    most_value
from monitoring
where is_alarm = 1 and observed_date = newest_date
