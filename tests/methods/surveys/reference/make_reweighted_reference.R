# Raked, post-stratified, calibrated and trimmed designs, by linearisation and by replicates:
# Rscript make_reweighted_reference.R linear       (writes reweighted.json)
# Rscript make_reweighted_reference.R replicates   (writes refitted.json; takes some minutes)
# Needs MASS (Debian: r-cran-mass).
source("estimators.R")
targets <- read.csv("targets.csv")
counts <- function(sample, variable) {
  t <- targets[targets$sample == sample & targets$variable == variable, ]
  f <- data.frame(if (variable == "b") as.integer(t$category) else t$category, Freq = t$count); names(f)[1] <- variable
  f
}
whole <- function(sample, variable) targets$count[targets$sample == sample & targets$variable == variable]
tight <- list(maxit = 400, epsilon = 1e-15)
raked <- function(d, s, variables = c("b", "country"))
  suppressWarnings(rake(d, lapply(variables, function(v) as.formula(paste0("~", v))), lapply(variables, function(v) counts(s, v)), control = tight))
# rake() stops when the full sample has settled; replicates may need more rounds.
settled_raking <- function(d, s, variables = c("b", "country")) {
  for (round in 1:200) for (v in variables) d <- postStratify(d, as.formula(paste0("~", v)), counts(s, v), compress = FALSE)
  d
}
post <- function(d, s, variable = "q") postStratify(d, as.formula(paste0("~", variable)), counts(s, variable))
totals_of <- function(s) local({ q <- counts(s, "q"); c(`(Intercept)` = whole(s, "all"), qneither = q$Freq[2], qoppose = q$Freq[3], x = whole(s, "x")) })
cal <- function(d, s, ...) calibrate(d, ~q + x, totals_of(s), epsilon = 1e-13, maxit = 500, compress = FALSE, ...)
keep_df <- function(d, base) { d$degf <- degf(base); d$made <- base; d }

linear <- list(
  raked_plain = raked(designs$plain, "elements"), raked_strata_fpc = raked(designs$strata_fpc, "elements", c("b", "country", "q")),
  raked_clusters_fpc = raked(designs$clusters_fpc, "clusters"), raked_stages = raked(designs$stages, "stages"),
  raked_stages_fpc = raked(designs$stages_fpc, "stages", c("q", "country", "b")), raked_pairs = raked(designs$pairs, "pairs"),
  post_strata = post(designs$strata, "elements"), post_clusters = post(designs$clusters, "clusters", "country"),
  post_stages_fpc = post(designs$stages_fpc, "stages"),
  linear_strata_fpc = cal(designs$strata_fpc, "elements"), linear_stages_fpc = cal(designs$stages_fpc, "stages"),
  linear_variance = cal(designs$clusters, "clusters", variance = cluster$x),
  linear_bounds = cal(designs$strata_fpc, "elements", bounds = c(0.85, 1.25)),
  raking_stages_fpc = cal(designs$stages_fpc, "stages", calfun = "raking"),
  raking_variance = cal(designs$clusters, "clusters", calfun = "raking", variance = cluster$x),
  raking_bounds = cal(designs$strata_fpc, "elements", calfun = "raking", bounds = c(0.85, 1.25)),
  logit_stages = cal(designs$stages, "stages", calfun = "logit", bounds = c(0.5, 2)),
  logit_pairs = cal(designs$pairs, "pairs", calfun = "logit", bounds = c(0.5, 2)),
  twice = cal(post(designs$stages_fpc, "stages", "b"), "stages"),
  trimmed = trimWeights(raked(designs$strata_fpc, "elements"), upper = 25, lower = 5),
  trimmed_alone = trimWeights(designs$stages_fpc, upper = 40))
base <- list(jk1 = as.svrepdesign(designs$clusters, type = "JK1", compress = FALSE),
  jkn_fpc_mse = as.svrepdesign(designs$stages_fpc, type = "JKn", compress = FALSE, mse = TRUE),
  jkn = as.svrepdesign(designs$stages, type = "JKn", compress = FALSE),
  brr = stored("brr"), fay_mse = stored("fay_mse"), canty_davison = stored("canty_davison"), rao_wu = stored("rao_wu"), preston = stored("preston"))
combined <- function(d) { d$repweights <- weights(d, "analysis"); d$combined.weights <- TRUE; d }
replicates <- list(
  raked_jk1 = keep_df(settled_raking(base$jk1, "clusters"), base$jk1), raked_jkn_mse = keep_df(settled_raking(base$jkn_fpc_mse, "stages"), base$jkn_fpc_mse),
  raked_brr = keep_df(settled_raking(base$brr, "pairs"), base$brr), raked_fay_mse = keep_df(settled_raking(base$fay_mse, "pairs"), base$fay_mse),
  raked_canty_davison = keep_df(settled_raking(base$canty_davison, "stages"), base$canty_davison),
  raked_preston = keep_df(settled_raking(base$preston, "stages"), base$preston),
  post_jkn = keep_df(post(base$jkn, "stages"), base$jkn), post_rao_wu = keep_df(post(base$rao_wu, "stages"), base$rao_wu),
  post_combined = keep_df(post(combined(base$brr), "pairs"), base$brr),
  linear_jkn_mse = keep_df(cal(base$jkn_fpc_mse, "stages"), base$jkn_fpc_mse), linear_fay_mse = keep_df(cal(base$fay_mse, "pairs"), base$fay_mse),
  linear_variance_jk1 = keep_df(cal(base$jk1, "clusters", variance = cluster$x), base$jk1),
  linear_combined = keep_df(cal(combined(base$canty_davison), "stages"), base$canty_davison),
  raking_jk1 = keep_df(cal(base$jk1, "clusters", calfun = "raking"), base$jk1), raking_rao_wu = keep_df(cal(base$rao_wu, "stages", calfun = "raking"), base$rao_wu),
  logit_jkn_mse = keep_df(cal(base$jkn_fpc_mse, "stages", calfun = "logit", bounds = c(0.3, 3)), base$jkn_fpc_mse),
  bounds_brr = keep_df(cal(base$brr, "pairs", bounds = c(0.3, 3)), base$brr),
  kept_jk1 = as.svrepdesign(linear$post_clusters, type = "JK1", compress = FALSE),
  kept_jkn_mse = as.svrepdesign(linear$raked_stages_fpc, type = "JKn", compress = FALSE, mse = TRUE),
  kept_jkn = as.svrepdesign(linear$logit_stages, type = "JKn", compress = FALSE))
replicate <- commandArgs(trailingOnly = TRUE)[1] == "replicates"
out <- lapply(if (replicate) replicates else linear, function(d)
  c(everything(d, replicate, TRUE), list(options = options_of(d, replicate), weights = as.vector(weights(d, "sampling")))))
cat(json(out), "\n", file = if (replicate) "refitted.json" else "reweighted.json", sep = "")
