# The options beside the usual call, under every design: Rscript make_options_reference.R   (writes options.json)
source("estimators.R")
out <- list()
part_of <- function(name, d, replicate) out[[name]] <<- tryCatch(options_of(d, replicate), error = function(e) { message(name, ": ", conditionMessage(e)); NULL })
for (name in names(designs)) part_of(name, designs[[name]], FALSE)
replicates <- list(
  jk1 = as.svrepdesign(designs$clusters, type = "JK1", compress = FALSE),
  jk1_fpc_mse = as.svrepdesign(designs$clusters_fpc, type = "JK1", compress = FALSE, mse = TRUE),
  jkn = as.svrepdesign(designs$stages, type = "JKn", compress = FALSE),
  jkn_fpc_mse = as.svrepdesign(designs$stages_fpc, type = "JKn", compress = FALSE, mse = TRUE),
  brr = stored("brr"), fay_mse = stored("fay_mse"), canty_davison = stored("canty_davison"),
  rao_wu = stored("rao_wu"), preston = stored("preston"))
for (name in names(replicates)) part_of(name, replicates[[name]], TRUE)

# Probabilities of selection instead of weights, of one stage and of two.
stage$p1 <- ave(stage$psu, stage$stratum, FUN = function(v) length(unique(v))) / stage$n1
stage$p2 <- ave(stage$ssu, stage$stratum, stage$psu, FUN = function(v) length(unique(v))) / stage$n2
element$p <- 1 / element$w
out$probabilities <- list(
  one = plain(svymean(~y, svydesign(ids = ~1, strata = ~stratum, probs = ~p, data = element))),
  two = plain(svymean(~y, svydesign(ids = ~psu + ssu, strata = ~stratum, probs = ~p1 + p2, nest = TRUE, data = stage))))

# Strata with one unit, under every way of treating them.
for (kind in c("remove", "certainty", "adjust", "average")) {
  for (domains in c(FALSE, TRUE)) {
    options(survey.lonely.psu = kind, survey.adjust.domain.lonely = domains)
    e <- svydesign(ids = ~1, strata = ~lonely, weights = ~w, data = element)
    s <- svydesign(ids = ~psu + ssu, strata = ~lonely, weights = ~w, fpc = ~m1 + n2, nest = TRUE,
                   data = transform(stage, m1 = ifelse(lonely == "single", 3, n1)))
    name <- paste("lonely", kind, domains, sep = "_")
    part_of(paste0(name, "_elements"), e, FALSE)
    part_of(paste0(name, "_stages"), s, FALSE)
    r <- as.svrepdesign(svydesign(ids = ~psu + ssu, strata = ~lonely, weights = ~w, nest = TRUE, data = stage), type = "JKn")
    out[[paste0(name, "_jkn")]] <- list(mean = plain(svymean(~y + z, r)), total = plain(svytotal(~y, r)),
      part = plain(svymean(~y, subset(r, country == "PK"))))
  }
}
options(survey.lonely.psu = "fail", survey.adjust.domain.lonely = FALSE)

# Replicate weights that came with the data, of every kind.
table <- as.matrix(read.csv("replicates_brr.csv", header = FALSE)); each <- seq(0.5, 1.5, length.out = ncol(table))
for (kind in c("BRR", "Fay", "JK1", "JKn", "bootstrap", "ACS", "successive-difference", "JK2", "other"))
  for (combined in c(FALSE, TRUE)) for (mse in c(FALSE, TRUE)) for (scaled in c(FALSE, TRUE)) {
    if (kind %in% c("JKn", "other") && !scaled) next
    d <- svrepdesign(data = pair, weights = ~w, repweights = if (combined) table * pair$w else table, type = kind,
      combined.weights = combined, mse = mse, rho = if (kind == "Fay") 0.3,
      scale = if (scaled) 0.07 else if (kind == "JK1") (ncol(table) - 1) / ncol(table), rscales = if (scaled) each)
    out[[paste("kind", kind, combined, mse, scaled, sep = "_")]] <- list(mean = plain(svymean(~y + z, d)),
      ratio = local({ r <- svyratio(~y, ~x, d); list(value = as.vector(r$ratio), covariance = as.vector(r$var)) }),
      part = plain(svytotal(~y, subset(d, country == "KG"))), df = degf(d), scale = d$scale)
  }
cat(json(out), "\n", file = "options.json", sep = "")
