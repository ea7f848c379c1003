# Writes weights_reference.json beside this file, from weights_sample.csv (invented data).
# Run from this folder:  Rscript make_weights_reference.R
# Needs R with the package survey (Debian: r-base-core r-cran-survey r-cran-mass); run with survey 4.1-1.
suppressMessages(library(survey))

sample <- read.csv("weights_sample.csv", colClasses = c(year = "character"))
sample$month <- 12 * as.numeric(sample$year) - sample$hours # nothing is calibrated on this one
design <- svydesign(ids = ~1, weights = ~base_weight, data = sample)
counts <- list(
  region = c(capital = 4600, east = 1500, north = 2000, south = 2300),
  sex = c(f = 5400, m = 5000),
  level = c(bachelor = 6500, doctor = 900, master = 3000),
  year = c("1" = 2900, "2" = 2700, "3" = 2500, "4" = 2300)
)
frame <- function(name) {
  table <- data.frame(names(counts[[name]]), Freq = unname(counts[[name]]))
  names(table)[1] <- name
  table
}
out <- list()
keep <- function(name, adjusted) {
  mean <- svymean(~month, adjusted)
  total <- svytotal(~fee, adjusted)
  out[[name]] <<- list(
    weights = unname(weights(adjusted, "sampling")),
    mean_month = unname(coef(mean)), se_mean_month = unname(SE(mean)),
    total_fee = unname(coef(total)), se_total_fee = as.vector(SE(total))
  )
}

keep("poststratify_region", postStratify(design, ~region, frame("region")))
crossed <- expand.grid(region = names(counts$region), sex = names(counts$sex), stringsAsFactors = FALSE)
crossed$Freq <- c(2400, 800, 1000, 1200, 2200, 700, 1000, 1100)
keep("poststratify_region_sex", postStratify(design, ~ region + sex, crossed))

exact <- list(maxit = 500, epsilon = 1e-12)
keep("rake_2", rake(design, list(~region, ~sex), list(frame("region"), frame("sex")), control = exact))
keep("rake_4", rake(
  design, list(~region, ~sex, ~level, ~year), lapply(names(counts), frame), control = exact
))

totals <- c(
  "(Intercept)" = 10400, regioneast = 1500, regionnorth = 2000, regionsouth = 2300, sexm = 5000,
  hours = 172000, fee = 1.29e7
)
model <- ~ region + sex + hours + fee
calibrated <- function(name, ...) {
  keep(name, calibrate(design, model, totals, epsilon = 1e-13, maxit = 200, ...))
}
calibrated("linear")
calibrated("linear_variance", variance = sample$variance)
calibrated("linear_bounds", bounds = c(0.8, 1.4))
calibrated("raking", calfun = "raking")
calibrated("raking_variance", calfun = "raking", variance = sample$variance)
calibrated("raking_bounds", calfun = "raking", bounds = c(0.8, 1.4))
calibrated("logit_wide", calfun = "logit", bounds = c(0.2, 3))
calibrated("logit_narrow", calfun = "logit", bounds = c(0.75, 1.5))

raked <- rake(design, list(~region, ~sex), list(frame("region"), frame("sex")), control = exact)
keep("trim_upper", trimWeights(raked, upper = 90))
keep("trim_both", trimWeights(raked, lower = 40, upper = 90))
keep("trim_upper_strict", trimWeights(raked, upper = 90, strict = TRUE))
keep("trim_lower_strict", trimWeights(raked, lower = 40, strict = TRUE))

number <- function(x) paste0("[", paste(sprintf("%.17g", x), collapse = ", "), "]")
entry <- function(name) {
  fields <- out[[name]]
  lines <- sprintf('  "%s": %s', names(fields), sapply(fields, number))
  sprintf(' "%s": {\n%s\n }', name, paste(lines, collapse = ",\n"))
}
head <- sprintf(' "made_by": "R %s, survey %s"', getRversion(), packageVersion("survey"))
body <- paste(c(head, sapply(names(out), entry)), collapse = ",\n")
writeLines(paste0("{\n", body, "\n}"), "weights_reference.json")
