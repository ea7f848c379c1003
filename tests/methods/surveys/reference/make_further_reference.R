# Three stages with strata of the second one, whole strata, weights of nought, equal answers; trimmed replicates; and the
# options that estimators.R leaves out, under every design:
# Rscript make_further_reference.R designs   (writes further.json)
# Rscript make_further_reference.R extras    (writes extras.json; reads make_reweighted_reference.R; needs MASS)
source("estimators.R")
what <- commandArgs(trailingOnly = TRUE)[1]
level <- read("levels")
level$census <- ifelse(level$stratum == "s1", 4, level$n1)
by_levels <- function(weights, fpc = NULL) svydesign(ids = ~psu + ssu + tsu, strata = ~stratum + zone, weights = weights, fpc = fpc, nest = TRUE, data = level)
deep <- list(three = by_levels(~w), three_fpc = by_levels(~w, ~n1 + n2 + n3), census = by_levels(~w, ~census + n2 + n3),
  zeros = by_levels(~w0, ~n1 + n2 + n3))
usual <- list(
  jk1 = as.svrepdesign(designs$clusters, type = "JK1", compress = FALSE),
  jk1_fpc_mse = as.svrepdesign(designs$clusters_fpc, type = "JK1", compress = FALSE, mse = TRUE),
  jkn = as.svrepdesign(designs$stages, type = "JKn", compress = FALSE),
  jkn_fpc_mse = as.svrepdesign(designs$stages_fpc, type = "JKn", compress = FALSE, mse = TRUE),
  brr = stored("brr"), fay_mse = stored("fay_mse"), canty_davison = stored("canty_davison"), rao_wu = stored("rao_wu"),
  preston = stored("preston"))
# R 4.1-1 leaves the weights of a replicate design as they are and loses its shape: each replicate by the rule for one vector.
cut <- function(w, lower, upper) {
  some <- w != 0
  w[some] <- weights(trimWeights(svydesign(ids = ~1, weights = w[some], data = data.frame(a = w[some])), lower = lower, upper = upper))
  w
}
trimmed <- function(d, lower, upper) svrepdesign(data = d$variables, weights = cut(weights(d, "sampling"), lower, upper),
  repweights = apply(weights(d, "analysis"), 2, cut, lower, upper), type = "other", combined.weights = TRUE,
  scale = d$scale, rscales = d$rscales, mse = d$mse)
keep_df <- function(d, base) { d$degf <- degf(base); d$made <- base; d }
replicated <- list(
  jkn_three = as.svrepdesign(deep$three, type = "JKn", compress = FALSE),
  jkn_three_fpc_mse = as.svrepdesign(deep$three_fpc, type = "JKn", compress = FALSE, mse = TRUE),
  trimmed_jkn = keep_df(trimmed(usual$jkn, 5, 60), usual$jkn), trimmed_fay_mse = keep_df(trimmed(usual$fay_mse, 6, 20), usual$fay_mse))

by_row <- function(d, f, calibrated, gaps = FALSE) {
  # Shares of all levels by country with their joint covariance, as rows of levels by columns of countries.
  name <- all.vars(f); df <- degf(d)
  d <- d[!is.na(d$variables[[name]]), ]
  v <- d$variables; of <- sort(unique(v$country[weights(d, "sampling") != 0])); rows <- sort(unique(v[[name]][weights(d, "sampling") != 0]))
  if (calibrated) {
    here <- outer(v$country, of, "==") * 1; said <- outer(v[[name]], rows, "==") * 1; said[is.na(said)] <- 0
    tops <- do.call(cbind, lapply(seq_along(rows), function(l) here * said[, l]))
    r <- svyratio(tops, here, d, covmat = TRUE); k <- ncol(tops); pick <- (rep(seq_along(of), length(rows)) - 1) * k + seq_len(k)
    value <- as.vector(r$ratio)[pick]; covariance <- r$vcov[pick, pick]
  } else {
    s <- svyby(f, ~country, d, svymean, covmat = TRUE); value <- as.vector(coef(s)); covariance <- vcov(s)
  }
  pairs <- combn(length(of), 2)
  lapply(seq_along(rows), function(l) {
    at <- (l - 1) * length(of) + seq_along(of); x <- value[at]; v <- covariance[at, at]
    difference <- x[pairs[1, ]] - x[pairs[2, ]]; spread <- diag(v)[pairs[1, ]] + diag(v)[pairs[2, ]] - 2 * v[cbind(pairs[1, ], pairs[2, ])]
    # Without the rows that have no answer R would count fewer degrees of freedom.
    if (gaps) return(list(difference = difference, se = sqrt(spread)))
    p <- 2 * pt(-abs(difference / sqrt(spread)), df)
    list(difference = difference, se = sqrt(spread), p = p, holm = p.adjust(p, "holm"), fdr = p.adjust(p, "BH"), bonferroni = p.adjust(p, "bonferroni"))
  })
}
extras_of <- function(d, replicate) {
  d <- update(d, bm = ifelse(is.na(ym), NA, b)); part <- domain_of(d); df <- degf(d)
  calibrated <- !replicate && !is.null(d$postStrata)
  methods <- c("logit", "asin", "beta", "mean", "xlogit")
  ends <- lapply(methods, function(m) tried(as.vector(confint(svyciprop(~b, d, method = m, level = 0.99))))); names(ends) <- methods
  rules <- c("math", "school", paste0("hf", 1:9))
  ties <- lapply(rules, function(rule) as.vector(svyquantile(~z, d, c(0.03, 0.3, 0.5, 0.97), ci = FALSE, qrule = rule)[[1]])); names(ties) <- rules
  deffs <- function(f, deff) tried(local({ s <- svyby(~y, ~country, d, f, deff = deff); as.vector(s[, ncol(s)]) }))
  means <- svyby(~y, ~country, d, svymean, covmat = !calibrated); pairs <- combn(length(coef(means)), 2)
  list(ends_99 = ends, likelihood_90 = tried(likelihood(d, 0.9)), ties = ties,
    deff_mean = deffs(svymean, TRUE), deff_mean_replace = deffs(svymean, "replace"),
    deff_total = deffs(svytotal, TRUE), deff_total_replace = deffs(svytotal, "replace"),
    differences = tried(by_row(d, ~q, calibrated)), differences_gaps = tried(by_row(d, ~qm, calibrated, TRUE)), differences_part = tried(by_row(part, ~q, calibrated)),
    groups_p = if (calibrated) NULL else tried(local({ v <- vcov(means); x <- coef(means)
      p <- 2 * pt(-abs((x[pairs[1, ]] - x[pairs[2, ]]) / sqrt(diag(v)[pairs[1, ]] + diag(v)[pairs[2, ]] - 2 * v[cbind(pairs[1, ], pairs[2, ])])), df)
      list(p = as.vector(p), holm = p.adjust(as.vector(p), "holm"), fdr = p.adjust(as.vector(p), "BH")) })),
    score_90 = if (replicate) NULL else lapply(c(0.2, 0.5), function(p) tried(score(d, p, 0.9))),
    association = association(d, ~q + country), association_part = association(part, ~q + country),
    gaps_linear = tried(plain(svyglm(z ~ ym + qm, d))), gaps_logistic = tried(plain(settled(b ~ ym + qm, d, quasibinomial()))),
    table_90 = as.vector(t(as.matrix(svyby(~I(as.numeric(q == "agree")), ~country, d, svymean, vartype = "se")[, 2:3]))))
}
if (what == "designs") {
  out <- lapply(deep, function(d) c(everything(d), list(options = options_of(d))))
  for (name in names(replicated)) out[[name]] <- c(everything(replicated[[name]], TRUE, startsWith(name, "trimmed")),
    list(options = options_of(replicated[[name]], TRUE), weights = as.vector(weights(replicated[[name]], "sampling"))))
  cat(json(out), "\n", file = "further.json", sep = "")
} else {
  # The designs of the other script, without what it writes.
  lines <- readLines("make_reweighted_reference.R")
  last <- grep("^base <- list", lines) - 1
  eval(parse(text = lines[2:last]))
  out <- c(lapply(c(designs, deep, linear), extras_of, FALSE), lapply(c(usual, replicated), extras_of, TRUE))
  for (kind in c("remove", "certainty", "adjust", "average")) for (domains in c(FALSE, TRUE)) {
    options(survey.lonely.psu = kind, survey.adjust.domain.lonely = domains)
    name <- paste("lonely", kind, domains, sep = "_")
    out[[paste0(name, "_elements")]] <- extras_of(svydesign(ids = ~1, strata = ~lonely, weights = ~w, data = element), FALSE)
    out[[paste0(name, "_stages")]] <- extras_of(svydesign(ids = ~psu + ssu, strata = ~lonely, weights = ~w, fpc = ~m1 + n2, nest = TRUE,
      data = transform(stage, m1 = ifelse(lonely == "single", 3, n1))), FALSE)
  }
  cat(json(out), "\n", file = "extras.json", sep = "")
}
