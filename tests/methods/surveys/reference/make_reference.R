# Reference numbers from R's `survey` for every estimator and option.
# Run in this folder: Rscript make_reference.R    (writes reference.json and api_*.csv)
# "api": Academic Performance Index 2000 of Californian schools, published by the California Department of
# Education; the three samples are those of the manual of `survey`.
source("estimators.R")
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
