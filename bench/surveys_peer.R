# One question of the benchmark by R's `survey`: Rscript surveys_peer.R table.csv
# Prints: seconds of svyby and svychisq; F, its p; then shares and standard errors.
suppressMessages(library(survey))
d <- read.csv(commandArgs(TRUE)[1])
design <- svydesign(ids = ~psu, strata = ~stratum, weights = ~w, data = d)
design$variables$q <- factor(d$q); design$variables$g <- factor(d$g)
tables <- system.time(by <- svyby(~q, ~g, design, svymean, keep.names = FALSE))["elapsed"]
test <- system.time(x <- svychisq(~q + g, design, statistic = "F"))["elapsed"]
cat(sprintf("%.17g\n", c(tables, test, x$statistic, x$p.value, coef(by), unlist(SE(by)))), sep = "")
