"""pandas: the daily price of BENCH-MEAN, that is the mean over models of the mean over sellers of the
blend, each seller at its last price by the end of the day. Prints CSV: date,price.

python3 bench/scale/daily-mean.py FILE BASE LAST
"""

import sys

import pandas as pd

file, base, last = sys.argv[1:4]
RATES = {"USD": 1, "CNY": 7.25, "EUR": 0.92, "KRW": 1310}
UNITS = {"per_mtok": 1, "per_1k": 1e3, "per_token": 1e6}

rows = pd.read_csv(file, dtype=str, on_bad_lines="skip", keep_default_na=False)
rows = rows[rows.service_tier == "standard"]
for leg in ("input", "output"):
    rows[leg] = pd.to_numeric(rows[leg], errors="coerce")
rows = rows[(rows.input > 0) & (rows.output > 0) & rows.currency.isin(RATES) & rows.unit.isin(UNITS)]
# A time without an offset is no moment.
rows = rows[~rows.effective_at.str.contains(" ", regex=False)]
factor = rows.unit.map(UNITS) / rows.currency.map(RATES)
rows["price"] = (0.75 * rows.input + 0.25 * rows.output) * factor
rows["day"] = rows.effective_at.str.slice(0, 10)
rows = rows.sort_values("effective_at", kind="stable")
daily = rows.groupby(["day", "model", "seller"], sort=True).price.last().unstack(["model", "seller"])
daily = daily.ffill()
models = daily.T.groupby(level="model").mean().T
basket = models.columns[models.loc[base].notna()]
prices = models.loc[base:last, basket].mean(axis=1)
print("date,price")
for day, price in prices.items():
    print(f"{day},{price:.8f}")
