# The estimators and options that are compared, and the designs; read by the scripts that make the references.
suppressMessages(library(survey))
options(warn = -1, survey.lonely.psu = "fail")
exact <- glm.control(epsilon = 1e-15, maxit = 100)
# The sandwich uses the working weights of the step before the last: fit once more from the solution.
settled <- function(formula, d, family) {
  m <- svyglm(formula, d, family = family, control = exact)
  if (inherits(d, "svyrep.design")) return(m)
  do.call(svyglm, list(formula, d, family = family, control = exact, start = as.vector(coef(m))))
}

json <- function(x) {
  if (is.null(x)) return("null")
  if (is.list(x)) {
    if (is.null(names(x))) return(paste0("[", paste(vapply(x, json, ""), collapse = ","), "]"))
    keys <- paste0('"', names(x), '":', vapply(x, json, ""))
    return(paste0("{", paste(keys, collapse = ",\n"), "}"))
  }
  if (is.character(x)) v <- paste0('"', x, '"')
  else v <- ifelse(is.nan(x) | is.na(x), "null", ifelse(is.infinite(x), "1e999", sprintf("%.17g", x)))
  if (length(x) == 1 && is.null(dim(x))) v else paste0("[", paste(v, collapse = ","), "]")
}
plain <- function(s) list(value = as.vector(coef(s)), covariance = as.vector(as.matrix(vcov(s))))
with_deff <- function(s) c(plain(s), list(deff = as.vector(diag(as.matrix(attr(s, "deff"))))))
tried <- function(code) tryCatch(code, error = function(e) NULL)

# A domain; replicates that were fitted to known totals keep the degrees of freedom of those they were made from,
# which R counts anew as the rank of the fitted weights.
domain_of <- function(d) {
  part <- subset(d, country %in% c("IN", "PK"))
  if (!is.null(d$made)) part$degf <- degf(subset(d$made, country %in% c("IN", "PK")))
  part
}
estimates <- function(d, part) list(
  df = degf(d), df_part = degf(part),
  mean = plain(svymean(~y + z, d)), total = plain(svytotal(~y + z, d)),
  mean_normal = as.vector(confint(svymean(~y + z, d))),
  mean_t = as.vector(confint(svymean(~y + z, d), df = degf(d))),
  mean_gaps = plain(svymean(~ym, d, na.rm = TRUE)), total_gaps = plain(svytotal(~ym, d, na.rm = TRUE)),
  share = plain(svymean(~q, d)), count = plain(svytotal(~q, d)),
  share_gaps = plain(svymean(~qm, d, na.rm = TRUE)),
  mean_deff = tried(with_deff(svymean(~y + z, d, deff = TRUE))),
  mean_replace = tried(with_deff(svymean(~y + z, d, deff = "replace"))),
  total_deff = tried(with_deff(svytotal(~y + z, d, deff = TRUE))),
  total_replace = tried(with_deff(svytotal(~y + z, d, deff = "replace"))),
  share_deff = tried(with_deff(svymean(~q, d, deff = TRUE))),
  ratio = local({ r <- svyratio(~y + z, ~x, d); list(value = as.vector(r$ratio), variance = as.vector(r$var)) }),
  ratio_pairs = local({ r <- svyratio(~y + z, ~x + b, d, covmat = TRUE)
    list(value = as.vector(r$ratio), covariance = as.vector(r$vcov)) }),
  ratio_gaps = local({ r <- svyratio(~ym, ~x, d, na.rm = TRUE)
    list(value = as.vector(r$ratio), variance = as.vector(r$var)) }),
  ratio_deff = tried(as.vector(attr(svyratio(~y, ~x, d, deff = TRUE), "deff"))),
  variance = local({ v <- svyvar(~y, d); list(value = as.vector(v), covariance = as.vector(attr(v, "var"))) }),
  variances = local({ v <- svyvar(~y + z, d); list(value = as.vector(v), covariance = as.vector(attr(v, "var"))) }),
  part_mean = plain(svymean(~y + z, part)), part_total = plain(svytotal(~y, part)),
  part_share = plain(svymean(~country, part)),
  part_ratio = local({ r <- svyratio(~z, ~x, part); list(value = as.vector(r$ratio), variance = as.vector(r$var)) }),
  part_variance = local({ v <- svyvar(~y, part); list(value = as.vector(v), covariance = as.vector(attr(v, "var"))) }),
  part_deff = tried(with_deff(svymean(~y, part, deff = TRUE))),
  part_replace = tried(with_deff(svymean(~y, part, deff = "replace"))))

# The likelihood interval without the interpolation of confint(): the same scaled deviance, solved.
likelihood <- function(d, level = 0.95) {
  m <- svyglm(b ~ 1, d, family = quasibinomial, control = exact)
  n <- length(m$y); p0 <- fitted(m)[1]
  # With replicate weights R's Pearson residuals carry a factor of n and its own interval is NA.
  # Rows without weight have NaN for a residual.
  r <- resid(m, "pearson"); r[is.nan(r)] <- 0
  phi <- if (inherits(d, "svyrep.design")) n / (n - 1) else as.vector(svyvar(r, m$survey.design))
  dev <- function(p) -2 * n * (p0 * log(p) + (1 - p0) * log1p(-p))
  cut <- qt((1 + level) / 2, degf(d)) * sqrt(m$cov.unscaled[1] / m$naive.cov[1])
  f <- function(eta) sqrt(max((dev(plogis(eta)) - dev(p0)) / phi, 0)) - cut
  plogis(c(uniroot(f, c(qlogis(p0) - 30, qlogis(p0)), tol = 1e-14)$root,
           uniroot(f, c(qlogis(p0), qlogis(p0) + 30), tol = 1e-14)$root))
}
proportions <- function(d) {
  methods <- c("logit", "asin", "beta", "mean", "xlogit")
  out <- lapply(methods, function(m) as.vector(confint(svyciprop(~b, d, method = m))))
  names(out) <- methods
  out$mean_90 <- as.vector(confint(svyciprop(~b, d, method = "mean", level = 0.9)))
  out$beta_90 <- as.vector(confint(svyciprop(~b, d, method = "beta", level = 0.9)))
  out$logit_normal <- as.vector(confint(svyciprop(~b, d, method = "xlogit", df = Inf)))
  out$likelihood <- tried(likelihood(d))
  out$likelihood_interpolated <- tried(as.vector(confint(svyciprop(~b, d, method = "likelihood"))))
  out
}
# Francisco & Fuller's interval by trying every observed value.
score <- function(d, p, level = 0.95) {
  values <- sort(unique(d$variables$y)); crit <- qt((1 + level) / 2, degf(d))
  t <- sapply(values, function(v) { m <- svymean(as.numeric(d$variables$y > v) - (1 - p), d); coef(m) / SE(m) })
  c(values[which(t <= crit)[1]], values[which(t < -crit)[1]])
}
quantiles <- function(d, replicate, brief = FALSE) {
  probs <- c(0.1, 0.25, 0.5, 0.8)
  rules <- if (brief) c("math", "hf2", "hf7") else c("math", "school", "shahvaish", paste0("hf", 1:9))
  types <- if (replicate) c("mean", "quantile") else c("mean", "beta", "xlogit", "asin")
  out <- list()
  for (rule in rules) {
    d1 <- d
    if (rule == "shahvaish" && !replicate) d1$prob <- d$prob * mean(1 / d$prob)
    else if (rule == "shahvaish") next
    out[[rule]] <- as.vector(svyquantile(~y, d1, probs, ci = FALSE, qrule = rule)[[1]])
    for (type in types) {
      q <- svyquantile(~y, d1, probs, interval.type = type, qrule = rule)[[1]]
      out[[paste(rule, type, sep = "_")]] <- list(low = as.vector(q[, 2]), high = as.vector(q[, 3]), se = as.vector(q[, 4]))
    }
  }
  q <- svyquantile(~y, d, probs, alpha = 0.1, df = Inf)[[1]]
  out$normal_90 <- list(low = as.vector(q[, 2]), high = as.vector(q[, 3]), se = as.vector(q[, 4]))
  q <- svyquantile(~ym, d, probs, na.rm = TRUE, df = degf(d))[[1]]
  out$gaps <- list(value = as.vector(q[, 1]), low = as.vector(q[, 2]), high = as.vector(q[, 3]), se = as.vector(q[, 4]))
  if (!replicate) out$score <- lapply(probs, function(p) tried(score(d, p)))
  out
}
association <- function(d, f) {
  kinds <- c("F", "Chisq", "Wald", "adjWald", "lincom", "saddlepoint")
  out <- lapply(kinds, function(k) tried(local({
    s <- svychisq(f, d, statistic = k)
    list(statistic = as.vector(s$statistic), p = as.vector(s$p.value), df = as.vector(s$parameter))
  })))
  names(out) <- kinds
  out
}
# svyby() has no joint covariance of calibrated designs; the same as ratios of totals.
by_ratios <- function(d) {
  v <- d$variables; of <- sort(unique(v$country)); here <- outer(v$country, of, "==") * 1
  ratios <- function(tops, at) {
    k <- ncol(tops); r <- svyratio(tops, here, d, covmat = TRUE)
    pick <- (at - 1) * k + seq_len(k)
    list(value = as.vector(r$ratio)[pick], covariance = r$vcov[pick, pick])
  }
  total <- svytotal(here * v$y, d)
  list(mean = ratios(here * v$y, seq_along(of)), total = list(value = as.vector(coef(total)), covariance = vcov(total)),
       share = ratios(do.call(cbind, lapply(sort(unique(v$q)), function(l) here * (v$q == l))), rep(seq_along(of), length(unique(v$q)))))
}
groups <- function(d) {
  by <- function(f, g) { s <- svyby(f, ~country, d, g, covmat = TRUE); list(value = as.vector(coef(s)), covariance = vcov(s)) }
  calibrated <- !inherits(d, "svyrep.design") && !is.null(d$postStrata)
  found <- if (calibrated) by_ratios(d) else list(mean = by(~y, svymean), total = by(~y, svytotal), share = by(~q, svymean))
  covs <- found$share$covariance; cs <- found$share$value
  df <- degf(d)
  # Pairwise differences of the shares of the first level of q between groups.
  n <- length(unique(d$variables$country)); pairs <- combn(n, 2)
  p <- apply(pairs, 2, function(ij) {
    dif <- cs[ij[1]] - cs[ij[2]]
    v <- covs[ij[1], ij[1]] + covs[ij[2], ij[2]] - 2 * covs[ij[1], ij[2]]
    2 * pt(-abs(dif / sqrt(v)), df)
  })
  list(mean = lapply(found$mean, as.vector), total = lapply(found$total, as.vector), share = lapply(found$share, as.vector),
       p = p, holm = p.adjust(p, "holm"), fdr = p.adjust(p, "BH"), bonferroni = p.adjust(p, "bonferroni"))
}
tables <- function(d) {
  cell <- svymean(~interaction(q, country), d); all <- svytotal(~interaction(q, country), d)
  row <- svyby(~country, ~q, d, svymean)
  column <- svyby(~q, ~country, d, svymean)
  list(cell = as.vector(coef(cell)), cell_se = as.vector(SE(cell)),
       count = as.vector(coef(all)), count_se = as.vector(SE(all)),
       row = as.vector(coef(row)), row_se = as.vector(unlist(SE(row))),
       column = as.vector(coef(column)), column_se = as.vector(unlist(SE(column))))
}
tests <- function(d) {
  pack <- function(t) list(statistic = as.vector(t$statistic), df = as.vector(t$parameter), p = as.vector(t$p.value),
                           estimate = as.vector(t$estimate), ci = as.vector(t$conf.int))
  list(one = pack(svyttest(I(y - 60) ~ 0, d)), two = pack(svyttest(y ~ b, d)), gaps = pack(svyttest(ym ~ b, d)),
       paired = pack(svyttest(I(y - z) ~ 0, d)))
}
fit <- function(m) list(value = as.vector(coef(m)), covariance = as.vector(vcov(m)), df = m$df.residual,
  p = as.vector(summary(m)$coefficients[, 4]), ci = as.vector(confint(m, ddf = m$df.residual)),
  dispersion = as.vector(summary(m)$dispersion), term = unlist(regTermTest(m, ~q)[c("Ftest", "df", "ddf", "p")], use.names = FALSE))
regressions <- function(d) list(
  linear = fit(svyglm(y ~ x + q, d)),
  logistic = fit(settled(b ~ x + q, d, quasibinomial())),
  poisson = fit(settled(z ~ x + q, d, quasipoisson())),
  gaps = fit(svyglm(ym ~ x + q, d)))

everything <- function(d, replicate = FALSE, brief = FALSE) {
  part <- domain_of(d)
  out <- list(estimates = estimates(d, part), proportions = proportions(d), proportions_part = proportions(part),
    quantiles = quantiles(d, replicate, brief), association = association(d, ~q + country),
    association_gaps = association(d, ~qm + country), association_part = association(part, ~q + country),
    groups = groups(d), tests = tests(d), regressions = regressions(d))
  if (!replicate) out$tables <- tables(d)
  out$part_regression <- fit(svyglm(y ~ x + q, part))
  out
}

read <- function(name) { d <- read.csv(paste0(name, ".csv"), stringsAsFactors = FALSE); d$qm[d$qm == ""] <- NA; d }
element <- read("elements"); stage <- read("stages"); cluster <- read("clusters"); pair <- read("pairs")

designs <- list(
  plain = svydesign(ids = ~1, weights = ~w, data = element),
  strata = svydesign(ids = ~1, strata = ~stratum, weights = ~w, data = element),
  strata_fpc = svydesign(ids = ~1, strata = ~stratum, weights = ~w, fpc = ~n1, data = element),
  clusters = svydesign(ids = ~psu, weights = ~w, data = cluster),
  clusters_fpc = svydesign(ids = ~psu, weights = ~w, fpc = ~n1, data = cluster),
  stages = svydesign(ids = ~psu + ssu, strata = ~stratum, weights = ~w, nest = TRUE, data = stage),
  stages_fpc = svydesign(ids = ~psu + ssu, strata = ~stratum, weights = ~w, fpc = ~n1 + n2, nest = TRUE, data = stage),
  from_fpc = svydesign(ids = ~psu + ssu, strata = ~stratum, fpc = ~n1 + n2, nest = TRUE, data = stage),
  pairs = svydesign(ids = ~psu, strata = ~stratum, weights = ~w, data = pair))

# Options beside the usual call: levels, degrees of freedom, gaps, domains, design effects, offsets.
ends <- function(x, ...) as.vector(t(confint(x, ...)))
three <- function(q) list(value = as.vector(q[, 1]), low = as.vector(q[, 2]), high = as.vector(q[, 3]), se = as.vector(q[, 4]))
options_of <- function(d, replicate = FALSE) {
  d <- update(d, bm = ifelse(is.na(ym), NA, b), c1 = b, c2 = as.numeric(y > 60), c3 = as.numeric(x > 60))
  d <- update(d, given = c1 + c2 + c3, agree = as.numeric(q == "agree"))
  part <- domain_of(d); df <- degf(d)
  shares <- lapply(c("logit", "asin", "beta", "mean", "xlogit"), function(m) list(
    p90 = as.vector(confint(svyciprop(~b, d, method = m, level = 0.9))),
    normal = as.vector(confint(svyciprop(~b, d, method = m, df = Inf))),
    gaps = as.vector(confint(svyciprop(~bm, d, method = m, na.rm = TRUE)))))
  names(shares) <- c("logit", "asin", "beta", "mean", "xlogit")
  types <- if (replicate) c("mean", "quantile") else c("mean", "beta", "xlogit", "asin")
  q90 <- lapply(types, function(t) three(svyquantile(~y, d, c(.25, .5, .75), interval.type = t, alpha = 0.1, df = df)[[1]]))
  qpart <- lapply(types, function(t) three(svyquantile(~y, part, c(.25, .5, .75), interval.type = t, qrule = "hf7")[[1]]))
  names(q90) <- names(qpart) <- types
  tt <- svyttest(ym ~ b, part); means <- svymean(~y + z, d)
  list(
    mean_90 = ends(means, level = 0.9, df = df), total_t = ends(svytotal(~y + z, d), df = df),
    ratio_t = ends(svyratio(~y + z, ~x, d), df = df), cv = as.vector(cv(means)),
    cv_total = as.vector(cv(svytotal(~y + z, d))), contrast = plain(svycontrast(means, c(y = 1, z = -1))),
    both_gaps = plain(svymean(~ym + z, d, na.rm = TRUE)),
    variance_gaps = local({ v <- svyvar(~ym, d, na.rm = TRUE); list(value = as.vector(v), covariance = as.vector(attr(v, "var"))) }),
    gaps_deff = tried(with_deff(svymean(~ym, d, na.rm = TRUE, deff = TRUE))),
    share_replace = tried(with_deff(svymean(~q, d, deff = "replace"))),
    count_deff = tried(with_deff(svytotal(~q, d, deff = TRUE))), count_replace = tried(with_deff(svytotal(~q, d, deff = "replace"))),
    ratio_replace = tried(as.vector(attr(svyratio(~y, ~x, d, deff = "replace"), "deff"))),
    part_total_deff = tried(with_deff(svytotal(~y, part, deff = TRUE))), part_total_replace = tried(with_deff(svytotal(~y, part, deff = "replace"))),
    proportions = shares, quantiles_90 = q90, quantiles_part = qpart,
    groups_part = local({ s <- svyby(~y, ~q, part, svymean); list(value = as.vector(coef(s)), se = as.vector(SE(s))) }),
    groups_gaps = local({ s <- svyby(~ym, ~q, d, svymean, na.rm = TRUE); list(value = as.vector(coef(s)), se = as.vector(SE(s))) }),
    tables = tables(d),
    cells_ci = as.vector(t(as.matrix(svyby(~agree, ~country, d, svyciprop, method = "xlogit", df = df, vartype = "ci")[, 3:4]))),
    table_gaps = local({ s <- svyby(~qm, ~country, d, svymean, na.rm = TRUE); list(value = as.vector(coef(s)), se = as.vector(unlist(SE(s)))) }),
    table_part = local({ s <- svyby(~q, ~country, part, svymean); list(value = as.vector(coef(s)), se = as.vector(unlist(SE(s)))) }),
    several = list(respondents = plain(svymean(~c1 + c2 + c3, d)), answers = local({
      r <- svyratio(~c1 + c2 + c3, ~given, d, covmat = TRUE); list(value = as.vector(r$ratio), covariance = as.vector(r$vcov)) }),
      each = plain(svymean(~given, d))),
    test_90 = ends(svyttest(y ~ b, d), level = 0.9),
    test_part = list(statistic = as.vector(tt$statistic), df = as.vector(tt$parameter), p = as.vector(tt$p.value),
                     estimate = as.vector(tt$estimate), ci = as.vector(tt$conf.int)),
    slopes = fit(svyglm(y ~ x + q - 1, d)), only = plain(svyglm(y ~ 1, d)),
    offset = plain(svyglm(y ~ x + offset(z), d)),
    rate = plain(settled(z ~ q + offset(log(x)), d, quasipoisson())),
    odds = plain(settled(b ~ q + offset(x / 50), d, quasibinomial())),
    logistic_part = plain(settled(b ~ x + q, part, quasibinomial())),
    poisson_part = plain(settled(z ~ x, part, quasipoisson())),
    two_terms = local({ m <- svyglm(y ~ x + q, d); r <- regTermTest(m, ~x + q)
      list(test = unlist(r[c("Ftest", "df", "ddf", "p")], use.names = FALSE), ci = as.vector(confint(m, level = 0.9, ddf = m$df.residual)),
           chisq = unlist(regTermTest(m, ~q, df = Inf)[c("Ftest", "df", "p")], use.names = FALSE)) }))
}

# Replicate designs with the weights that make_reference.R drew.
stored <- function(name) {
  table <- as.matrix(read.csv(paste0("replicates_", name, ".csv"), header = FALSE)); n <- ncol(table)
  pairs <- name %in% c("brr", "fay_mse")
  known <- switch(name, brr = list("BRR", NULL, FALSE), fay_mse = list("Fay", NULL, TRUE), list("bootstrap", scales[[name]], FALSE))
  svrepdesign(data = if (pairs) pair else stage, weights = ~w, repweights = table, type = known[[1]], combined.weights = FALSE,
    rho = if (name == "fay_mse") 0.3, scale = known[[2]], rscales = if (!pairs) rep(1, n), mse = known[[3]])
}
scales <- list(canty_davison = local({ n <- tapply(stage$psu, stage$stratum, function(v) length(unique(v)))
  m <- 1 / mean(1 / n); m / ((m - 1) * 39) }), rao_wu = 1 / 39, preston = 1 / 39)
