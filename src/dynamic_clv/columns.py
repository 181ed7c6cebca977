"""Names of the columns and tables that the library reads, each written once."""

CUSTOMER_ID = "customer_id"
CUSTOMER_BUCKET = "customer_bucket"
AS_OF_DATE = "as_of_date"
HORIZON_DAYS = "horizon_days"
PERIOD_DAYS = "period_days"
PERIODS_BEFORE_TODAY = "periods_before_today"
ROLE = "role"

# Buckets are numbered 0 .. COUNT_BUCKETS - 1 by a stable hash of the customer.
COUNT_BUCKETS = 256

# The buy-till-you-die words, in the sense of the literature.
FREQUENCY = "frequency"
RECENCY_DAYS = "recency_days"
T_DAYS = "t_days"
MONETARY_VALUE = "monetary_value"
BTYD_COLUMNS = (FREQUENCY, RECENCY_DAYS, T_DAYS, MONETARY_VALUE)

# Channels of the windows that a season is measured on.
COUNT_ORDERS = "count_orders"
NET_AMOUNT = "net_amount"

NET_AMOUNT_IN_HORIZON = "net_amount_in_horizon"
COUNT_ORDERS_IN_HORIZON = "count_orders_in_horizon"
HAS_ORDER_IN_HORIZON = "has_order_in_horizon"

# Columns that say which row it is; everything else is something to learn from.
KEY_COLUMNS = frozenset(
    {
        CUSTOMER_ID,
        CUSTOMER_BUCKET,
        AS_OF_DATE,
        HORIZON_DAYS,
        PERIOD_DAYS,
        PERIODS_BEFORE_TODAY,
        ROLE,
    }
)

TRAIN = "train"
VALIDATION = "validation"
TEST = "test"
TODAY = "today"

PROMOTED = "promoted"
REJECTED = "rejected"
ROLLED_BACK = "rolled_back"
RESTORED = "restored"

BACK_TEST = "back_test"
PUBLISHED = "published"
PROSPECTS = "prospects"

CNN_LSTM = "cnn_lstm"
BOOSTING = "gradient_boosting"
LOGISTIC = "logistic_regression"
BEST = "best"
BTYD = "btyd"
COHORT_MEAN = "cohort_mean"
PROSPECT_CONVERSION = "prospect_conversion"
PROSPECT_RATE = "prospect_rate"
