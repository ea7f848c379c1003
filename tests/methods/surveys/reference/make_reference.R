# Reference numbers from R's `survey` for every estimator and option.
# Run in this folder: Rscript make_reference.R    (writes reference.json and api_*.csv)
# "api": Academic Performance Index 2000 of Californian schools, published by the California Department of
# Education; the three samples are those of the manual of `survey`.
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
  phi <- if (inherits(d, "svyrep.design")) n / (n - 1) else as.vector(svyvar(resid(m, "pearson"), m$survey.design))
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
quantiles <- function(d, replicate) {
  probs <- c(0.1, 0.25, 0.5, 0.8)
  rules <- c("math", "school", "shahvaish", paste0("hf", 1:9))
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
groups <- function(d) {
  b <- svyby(~y, ~country, d, svymean, covmat = TRUE)
  total <- svyby(~y, ~country, d, svytotal, covmat = TRUE)
  s <- svyby(~q, ~country, d, svymean, covmat = TRUE)
  covs <- vcov(s); cs <- as.vector(coef(s)); k <- length(cs)
  df <- degf(d)
  # Pairwise differences of the shares of the first level of q between groups.
  n <- length(unique(d$variables$country)); pairs <- combn(n, 2)
  p <- apply(pairs, 2, function(ij) {
    dif <- cs[ij[1]] - cs[ij[2]]
    v <- covs[ij[1], ij[1]] + covs[ij[2], ij[2]] - 2 * covs[ij[1], ij[2]]
    2 * pt(-abs(dif / sqrt(v)), df)
  })
  list(mean = list(value = as.vector(coef(b)), covariance = as.vector(vcov(b))),
       total = list(value = as.vector(coef(total)), covariance = as.vector(vcov(total))),
       share = list(value = cs, covariance = as.vector(covs)),
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

everything <- function(d, replicate = FALSE) {
  part <- subset(d, country %in% c("IN", "PK"))
  out <- list(estimates = estimates(d, part), proportions = proportions(d), proportions_part = proportions(part),
    quantiles = quantiles(d, replicate), association = association(d, ~q + country),
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
out <- lapply(designs, everything)

# Fractions instead of population sizes give the same answers.
stage$f1 <- ave(stage$psu, stage$stratum, FUN = function(v) length(unique(v))) / stage$n1
stage$f2 <- ave(stage$ssu, stage$stratum, stage$psu, FUN = function(v) length(unique(v))) / stage$n2
fraction <- svydesign(ids = ~psu + ssu, strata = ~stratum, weights = ~w, fpc = ~f1 + f2, nest = TRUE, data = stage)
out$fractions <- list(mean = plain(svymean(~y, fraction)))

# Strata with one unit.
for (kind in c("remove", "certainty", "adjust", "average")) {
  for (domains in c(FALSE, TRUE)) {
    options(survey.lonely.psu = kind, survey.adjust.domain.lonely = domains)
    e <- svydesign(ids = ~1, strata = ~lonely, weights = ~w, data = element)
    s <- svydesign(ids = ~psu + ssu, strata = ~lonely, weights = ~w, nest = TRUE, data = stage)
    few <- subset(e, country == "PK"); some <- subset(s, country == "PK")
    out[[paste("lonely", kind, domains, sep = "_")]] <- list(
      elements = plain(svymean(~y + z, e)), total = plain(svytotal(~y, e)), stages = plain(svymean(~y + z, s)),
      part = plain(svymean(~y, few)), part_stages = plain(svymean(~y, some)), association = association(e, ~q + country),
      groups = as.vector(SE(svyby(~y, ~country, e, svymean))))
  }
}
options(survey.lonely.psu = "fail", survey.adjust.domain.lonely = FALSE)

# Replicate designs; weights drawn by R are stored, one line a row.
set.seed(5)
replicates <- list(
  jk1 = as.svrepdesign(designs$clusters, type = "JK1", compress = FALSE),
  jk1_fpc_mse = as.svrepdesign(designs$clusters_fpc, type = "JK1", compress = FALSE, mse = TRUE),
  jkn = as.svrepdesign(designs$stages, type = "JKn", compress = FALSE),
  jkn_fpc_mse = as.svrepdesign(designs$stages_fpc, type = "JKn", compress = FALSE, mse = TRUE),
  brr = as.svrepdesign(designs$pairs, type = "BRR", compress = FALSE),
  fay_mse = as.svrepdesign(designs$pairs, type = "Fay", fay.rho = 0.3, compress = FALSE, mse = TRUE),
  canty_davison = as.svrepdesign(designs$stages, type = "bootstrap", replicates = 40, compress = FALSE),
  rao_wu = as.svrepdesign(designs$stages, type = "subbootstrap", replicates = 40, compress = FALSE),
  preston = as.svrepdesign(designs$stages_fpc, type = "mrbbootstrap", replicates = 40))
for (name in names(replicates)) {
  d <- replicates[[name]]
  out[[name]] <- c(everything(d, TRUE), list(scale = d$scale, rscales = as.vector(d$rscales)))
  if (name %in% c("brr", "fay_mse", "canty_davison", "rao_wu", "preston"))
    write.table(format(as.matrix(weights(d, "replication")), digits = 17), paste0("replicates_", name, ".csv"),
                sep = ",", row.names = FALSE, col.names = FALSE, quote = FALSE)
}
options(survey.lonely.psu = "adjust")
out$jkn_adjust <- list(mean = plain(svymean(~y, as.svrepdesign(
  svydesign(ids = ~psu + ssu, strata = ~lonely, weights = ~w, nest = TRUE, data = stage), type = "JKn"))))
options(survey.lonely.psu = "fail")

# Calibrated weights: what the auxiliary columns explain does not vary.
aux <- c(`(Intercept)` = 9000, x = 600000)
greg <- calibrate(designs$strata_fpc, ~x, aux)
post <- postStratify(designs$clusters, ~b, data.frame(b = 0:1, Freq = c(4000, 5000)))
element$after <- weights(greg); cluster$after <- weights(post)
write.table(format(element[, "after", drop = FALSE], digits = 17), "after_greg.csv", sep = ",", row.names = FALSE, quote = FALSE)
write.table(format(cluster[, "after", drop = FALSE], digits = 17), "after_post.csv", sep = ",", row.names = FALSE, quote = FALSE)
calibrated <- function(d) list(mean = plain(svymean(~y + z, d)), total = plain(svytotal(~y + x, d)),
  part = plain(svymean(~y, subset(d, country == "KG"))), association = association(d, ~q + country), tables = tables(d),
  linear = fit(svyglm(y ~ x + q, d)))
out$greg <- calibrated(greg); out$post <- calibrated(post)

# The manual's samples.
data(api)
keep <- c("snum", "dnum", "stype", "sch.wide", "api00", "api99", "enroll", "meals", "ell", "mobility", "pw", "fpc", "fpc1", "fpc2")
for (name in c("strat", "clus1", "clus2")) {
  d <- get(paste0("api", name)); d <- d[, intersect(keep, names(d))]
  write.csv(d, paste0("api_", name, ".csv"), row.names = FALSE, quote = FALSE, na = "")
}
schools <- list(strat = svydesign(id = ~1, strata = ~stype, weights = ~pw, data = apistrat, fpc = ~fpc),
  clus1 = svydesign(id = ~dnum, weights = ~pw, data = apiclus1, fpc = ~fpc),
  clus2 = svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = apiclus2))
out$api <- lapply(schools, function(d) list(
  mean = plain(svymean(~api00, d, deff = TRUE)), deff = as.vector(attr(svymean(~api00, d, deff = TRUE), "deff")),
  total = plain(svytotal(~enroll, d, na.rm = TRUE)), ratio = local({ r <- svyratio(~api00, ~api99, d)
    c(as.vector(r$ratio), as.vector(r$var)) }),
  quartiles = as.vector(svyquantile(~api00, d, c(.25, .5, .75))[[1]]),
  linear = local({ m <- svyglm(api00 ~ ell + meals + mobility, d); list(value = as.vector(coef(m)), covariance = as.vector(vcov(m)), df = m$df.residual) }),
  logistic = local({ m <- settled(I(sch.wide == "Yes") ~ ell + meals + mobility, d, quasibinomial())
    list(value = as.vector(coef(m)), covariance = as.vector(vcov(m)), df = m$df.residual) }),
  association = association(d, ~sch.wide + stype)))
out$version <- list(survey = as.character(packageVersion("survey")), R = R.version.string)
cat(json(out), "\n", file = "reference.json", sep = "")
