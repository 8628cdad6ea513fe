/** What `tune --help` says. */
export const HELP = `failover-watcher tune [OPTIONS]

Listens to heartbeats on your bus, and says which heartbeatInterval and heartbeatTimeout to set, what they cost, and how
sure that is. A timeout that is too short gives up a primary that lives; one that is too long notices a crash late.

  --transport T         zeromq (default), nats, mqtt, or memory (one process: no measurement of a bus)
  --url U               where the broker of nats or mqtt is: nats://localhost:4222, tls://user:password@host
  --sample D            how long to listen; 10m unless given. Ctrl-C ends it, and what was heard is used
  --sample-interval D   between the heartbeats that are listened to; 20ms unless given
  --save-trace FILE     keep what was heard (NDJSON)
  --trace FILE          use what was kept, instead of listening

What is wanted:

  --detect-within D     a crash is to be noticed within this; otherwise as soon as can be
  --false-failovers R   a primary that lives may be given up at most so often; 1/year unless given
  --max-heartbeats R    at most so many heartbeats; 10/s unless given
  --standbys N          so many watch, and any of them may err; 1 unless given
  --crashes R --takeover D --false-cost D
                        how often the primary crashes, how long a takeover lasts, and how much outage a false failover is
                        worth: then the settings with the least outage are recommended

  --json FILE           the result as JSON; - writes it to stdout, and everything else to stderr
  --html FILE           the result as a page
  --quiet               no report, no progress

Durations: 50, 50ms, 5s, 10m. Rates: 1/year, 2/day, 10/s. Exit status: 0 with a recommendation, 3 when what is wanted cannot
be had here, 2 when it cannot be done as it was asked, 130 after Ctrl-C, with a report on what was heard until then.
`;
