# Small designs of any shape, and their jackknife: Rscript make_irregular_reference.R   (writes irregular.json; reads irregular.csv)
source("estimators.R")
table <- read.csv("irregular.csv", stringsAsFactors = FALSE)
found <- function(d) {
  part <- subset(d, g != "a")
  r <- function(d) local({ r <- svyratio(~y, ~x, d); list(value = as.vector(r$ratio), covariance = as.vector(r$var)) })
  # With strata drawn whole R leaves their rows out of the replicates of a total and not out of the total itself.
  kept <- options(survey.drop.replicates = FALSE); on.exit(options(kept))
  totals <- list(total = tried(plain(svytotal(~y + x, d))), part_total = tried(plain(svytotal(~y, part))))
  options(kept)
  c(list(df = degf(d), df_part = tried(degf(part)), mean = tried(plain(svymean(~y + x, d))), gaps = tried(plain(svymean(~ym, d, na.rm = TRUE))),
    ratio = tried(r(d)), part_mean = tried(plain(svymean(~y, part))), part_ratio = tried(r(part)),
    share = tried(plain(svymean(~g, d)))), totals)
}
one <- function(at) {
  # In the surroundings that R's functions look into.
  d <- table[table$design == at, ]; k <- d$stages[1]
  options(survey.lonely.psu = d$lonely[1])
  ids <- list(~psu, ~psu + ssu, ~psu + ssu + tsu)[[k]]
  fpc <- if (d$known[1] == 1) list(~n1, ~n1 + n2, ~n1 + n2 + n3)[[k]]
  whole <- svydesign(ids = ids, strata = ~stratum, weights = ~w, fpc = fpc, nest = TRUE, data = d)
  alone <- svydesign(ids = ids, weights = ~w, data = transform(d, psu = paste(stratum, psu)))
  jackknife <- function(d, type, mse) tried(as.svrepdesign(d, type = type, mse = mse, compress = TRUE))
  jkn <- jackknife(whole, "JKn", d$mse[1] == 1)
  list(linear = found(whole), jkn = if (!is.null(jkn)) c(found(jkn), list(scale = jkn$scale, rscales = jkn$rscales)),
    jk1 = found(jackknife(alone, "JK1", d$mse[1] == 1)))
}
out <- lapply(unique(table$design), one); names(out) <- paste0("d", unique(table$design))
cat(json(out), "\n", file = "irregular.json", sep = "")
