/** What `explain --help` says. */
export const HELP = `failover-watcher explain --interval D --timeout D [OPTIONS]

Says what a heartbeatInterval and a heartbeatTimeout buy: how soon a crash is noticed, and how often a primary that lives is
given up. By arithmetic from what you say of your bus; tune measures it instead.

  --interval D          how often the primary says that it lives (heartbeatInterval)
  --timeout D           how long the others wait for that (heartbeatTimeout)
  --loss P              share of heartbeats that are lost; 0% unless given
  --burst N             how many are lost in a row, on average; each by itself unless given
  --delay DIST          how long the others take; lognormal:1ms,0.5 unless given, a quiet local network
  --stalls R,DIST       how often the primary stands still, and for how long, such as 1/min,exp:50ms; never unless given
  --false-failovers R   how many false failovers are acceptable; 1/year unless given
  --json FILE           the result as JSON; - writes it to stdout, and everything else to stderr
  --quiet               no report

Durations: 50, 50ms, 5s, 10m. Rates: 1/year, 2/day, 10/s. Distributions: constant:5ms, exp:50ms (mean), lognormal:1ms,0.5
(median, sigma), uniform:1ms,20ms. Exit status: 0, or 2 when it cannot be done as it was asked.
`;
