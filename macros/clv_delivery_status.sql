{#- What became of a delivered row: `accepted`, `merged` (the same thing said twice) or
    `rejected`. Columns it reads: rejection_reason, key_rank, is_same_as_first. -#}
{% macro clv_delivery_status() -%}
    case
        when rejection_reason is not null then 'rejected'
        when key_rank = 1 then 'accepted'
        when is_same_as_first = 1 then 'merged'
        else 'rejected'
    end
{%- endmacro %}


{#- The reason beside it: a second row with the same key and other content is rejected,
    not silently dropped. -#}
{% macro clv_rejection_reason() -%}
    case
        when rejection_reason is not null then rejection_reason
        when key_rank > 1 and is_same_as_first = 0 then 'conflicting_duplicate'
    end
{%- endmacro %}


{#- All rows of a relation, each with its rank among the sound rows with its key, and
    whether it says the same as the first of them. Only what comes several times is
    sorted: few rows, and found by counting. `key`, `content` and `best_first` are lists
    of columns. -#}
{% macro clv_ranked(relation, key, content, best_first) -%}
    {%- set window -%}
        over (
            partition by {{ key | join(', ') }}
            order by {{ best_first | join(', ') }}, raw_row desc
        )
    {%- endset -%}
    with

    repeated as (

        select {{ clv_as_text(key) }} as repeated_key
        from {{ relation }}
        where rejection_reason is null
        group by {{ clv_as_text(key) }}
        having count(*) > 1

    )

    select
        {{ relation }}.*,
        row_number() {{ window }} as key_rank,
        case
            when
                {{ clv_as_text(content) }}
                = first_value({{ clv_as_text(content) }}) {{ window }}
                then 1
            else 0
        end as is_same_as_first
    from {{ relation }}
    inner join repeated on {{ clv_as_text(key) }} = repeated.repeated_key
    where {{ relation }}.rejection_reason is null
    union all
    select
        {{ relation }}.*,
        1 as key_rank,
        1 as is_same_as_first
    from {{ relation }}
    left join repeated on {{ clv_as_text(key) }} = repeated.repeated_key
    where
        {{ relation }}.rejection_reason is not null
        or repeated.repeated_key is null
{%- endmacro %}


{% macro clv_as_text(columns) -%}
    {%- for column in columns -%}
        coalesce(cast({{ column }} as {{ dbt.type_string() }}), '')
        {{- " || ' ' || " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{% macro clv_is_sound() -%}
    case when rejection_reason is null then 1 else 0 end
{%- endmacro %}
