/** The 0.975 quantile of the normal distribution: what a two-sided interval of 95 % is made with. */
export const Z = 1.959963984540054;
