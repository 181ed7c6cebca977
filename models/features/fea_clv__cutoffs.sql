-- One row per cut-off date, whatever its roles and horizons.

with

as_of_dates as (

    select * from {{ ref('fea_clv__as_of_dates') }}
    {% if clv_is_refresh() %}
        where role = 'today'
    {% endif %}

)

select distinct as_of_date
from as_of_dates
