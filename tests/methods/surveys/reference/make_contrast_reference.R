# Functions of estimates by svycontrast, linear and not, under every design: Rscript make_contrast_reference.R
# (writes contrasts.json; reads make_reweighted_reference.R; needs MASS)
source("estimators.R")
lines <- readLines("make_reweighted_reference.R")
eval(parse(text = lines[2:(grep("^base <- list", lines) - 1)]))
replicated <- list(
  jk1 = as.svrepdesign(designs$clusters, type = "JK1", compress = FALSE),
  jkn_fpc_mse = as.svrepdesign(designs$stages_fpc, type = "JKn", compress = FALSE, mse = TRUE),
  brr = stored("brr"), fay_mse = stored("fay_mse"), canty_davison = stored("canty_davison"),
  rao_wu = stored("rao_wu"), preston = stored("preston"))
both <- function(c) list(value = as.vector(coef(c)), covariance = as.vector(as.matrix(vcov(c))))
# Of a regression with replicate weights svycontrast() wants the replicates themselves: the same estimates as a plain statistic.
as_statistic <- function(m) structure(coef(m), var = vcov(m), statistic = "coefficients", class = "svrepstat")
contrasts_of <- function(d) {
  means <- svymean(~y + z, d); totals <- svytotal(~y + x, d); shares <- svymean(~q, d)
  m <- svyglm(y ~ x + q, d); if (inherits(d, "svyrep.design")) m <- as_statistic(m)
  calibrated <- !inherits(d, "svyrep.design") && !is.null(d$postStrata)
  list(
    linear = both(svycontrast(means, list(gap = c(y = 1, z = -1), half = c(y = 0.5, z = 0.5)))),
    functions = both(svycontrast(means, list(ratio = quote(y / z), log = quote(log(y) - log(z)), power = quote(sqrt(y) * z^2),
      change = quote(100 * (y - z) / z), exp = quote(exp(-y / 50) + z)))),
    totals = both(svycontrast(totals, quote(y / x))),
    odds = both(svycontrast(shares, quote(log(qagree / (1 - qagree)) - log(qoppose / (1 - qoppose))))),
    slopes = both(svycontrast(m, list(gap = c(0, 0, 1, -1), at = c(1, 50, 1, 0)))),
    turning = both(svycontrast(m, quote(-qneither / x))),
    groups = if (calibrated) NULL else tried(both(svycontrast(svyby(~y, ~country, d, svymean, covmat = TRUE),
      list(gap = c(IN = 1, KG = -1))))),
    group_ratio = if (calibrated) NULL else tried(both(svycontrast(svyby(~y, ~country, d, svymean, covmat = TRUE), quote(PK / IN - 1)))))
}
cat(json(lapply(c(designs, linear, replicated), contrasts_of)), "\n", file = "contrasts.json", sep = "")
