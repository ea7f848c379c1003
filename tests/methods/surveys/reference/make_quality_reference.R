# Cronbach's alpha, intraclass correlation and kappa: Rscript make_quality_reference.R   (writes quality.json)
# Needs psych (Debian: r-cran-psych); `attitude` is a set of R. Krippendorff's alpha from the table of coincidences, by its definition.
suppressMessages(library(psych))
options(warn = -1)
n17 <- function(x) ifelse(is.na(x), "null", sprintf("%.17g", x))
json <- function(x) {
  if (is.list(x)) return(paste0("{", paste0('"', names(x), '":', vapply(x, json, ""), collapse = ",\n"), "}"))
  if (length(x) == 1) n17(x) else paste0("[", paste(n17(x), collapse = ","), "]")
}
scale <- function(data, level = 0.95) {
  a <- psych::alpha(data, warnings = FALSE); n <- nrow(data); k <- ncol(data); value <- a$total$raw_alpha; tail <- (1 - level) / 2
  list(alpha = value, standardised = a$total$std.alpha, mean_correlation = a$total$average_r,
    low = 1 - (1 - value) * qf(1 - tail, n - 1, (n - 1) * (k - 1)), high = 1 - (1 - value) * qf(tail, n - 1, (n - 1) * (k - 1)),
    rest = as.vector(a$item.stats$r.drop), without = as.vector(a$alpha.drop$raw_alpha), mean = as.vector(a$item.stats$mean), sd = as.vector(a$item.stats$sd))
}
shrout <- rbind(c(9, 2, 5, 8), c(6, 1, 3, 2), c(8, 4, 6, 8), c(7, 1, 2, 6), c(10, 5, 6, 9), c(6, 2, 4, 7))
icc <- psych::ICC(shrout, lmer = FALSE)$results[1, ]
# Unequal workloads, from the analysis of variance itself.
said <- c(3, 4, 5, 2, 6, 7, 5, 1, 2, 3, 2, 8, 7); who <- c("a", "a", "a", "b", "b", "b", "b", "c", "c", "c", "c", "d", "d")
table <- anova(lm(said ~ who)); ms <- table[["Mean Sq"]]; load <- as.vector(base::table(who)); size <- length(said)
k0 <- (size - sum(load^2) / size) / (length(load) - 1); rho <- (ms[1] - ms[2]) / (ms[1] + (k0 - 1) * ms[2])
kappas <- function(m, w = NULL) {
  k <- if (is.null(w)) psych::cohen.kappa(m) else psych::cohen.kappa(m, w = w)
  list(plain = k$kappa, plain_variance = k$var.kappa, weighted = k$weighted.kappa, weighted_variance = k$var.weighted)
}
cohen <- matrix(c(88, 14, 18, 10, 40, 10, 2, 6, 12), 3, byrow = TRUE)
credit <- matrix(c(1, 0, 0.4444, 0, 1, 0.6667, 0.4444, 0.6667, 1), 3)
fce <- matrix(c(106, 10, 4, 22, 28, 10, 2, 12, 6), 3, byrow = TRUE)
krippendorff <- function(m, delta) {
  values <- sort(unique(na.omit(as.vector(m)))); o <- matrix(0, length(values), length(values))
  for (u in seq_len(ncol(m))) { v <- match(na.omit(m[, u]), values); if (length(v) > 1)
    for (i in seq_along(v)) for (j in seq_along(v)) if (i != j) o[v[i], v[j]] <- o[v[i], v[j]] + 1 / (length(v) - 1) }
  nc <- rowSums(o); d <- delta(values, nc)
  1 - (sum(nc) - 1) * sum(o * d) / sum(outer(nc, nc) * d)
}
deltas <- list(nominal = function(v, n) outer(v, v, "!=") * 1, interval = function(v, n) outer(v, v, "-")^2,
  ratio = function(v, n) (outer(v, v, "-") / outer(v, v, "+"))^2,
  ordinal = function(v, n) outer(seq_along(v), seq_along(v), Vectorize(function(i, j) (sum(n[min(i, j):max(i, j)]) - (n[i] + n[j]) / 2)^2)))
k2011 <- rbind(c(1, 2, 3, 3, 2, 1, 4, 1, 2, NA, NA, NA), c(1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NA, 3), c(NA, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NA),
  c(1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NA))
# The score interval of a simple random sample, from R itself.
wilson <- lapply(list(c(81, 263, 0.95), c(15, 148, 0.9), c(1, 29, 0.95)), function(v)
  as.vector(prop.test(v[1], v[2], conf.level = v[3], correct = FALSE)$conf.int))
names(wilson) <- c("81 of 263", "15 of 148", "1 of 29")
out <- list(wilson = wilson, attitude = scale(attitude), attitude_three = scale(attitude[, c("complaints", "learning", "raises")], 0.9),
  shrout = list(icc = icc$ICC, f = icc$F, p = icc$p, low = icc$`lower bound`, high = icc$`upper bound`),
  unequal = list(icc = rho, f = table[["F value"]][1], p = table[["Pr(>F)"]][1], workload = k0, design_effect = 1 + (sum(load^2) / size - 1) * rho),
  cohen = kappas(cohen), fleiss_cohen_everitt = kappas(fce, credit), krippendorff = lapply(deltas, function(d) krippendorff(k2011, d)))
cat(json(out), "\n", file = "quality.json", sep = "")
