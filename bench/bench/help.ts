/** What `bench --help` says. */
export const HELP = `failover-watcher bench [OPTIONS]

How long a failover takes with which heartbeat interval and timeout. Every trial is a fresh group of real processes.

  --transport T     zeromq (default), nats, mqtt, or memory (one process, simulated faults)
  --url U           where the broker of nats or mqtt is: nats://localhost:4222, tls://user:password@host
  --election E      host-lock (default of zeromq), claims, or lease (nats)
  --eager           act on a lost connection at once
  --engine E        of zeromq: zmtp (default), or libzmq, on Node with the package zeromq
  --fault F,...     crash, hang, shutdown, cut; all unless given
  --interval D,...  heartbeat intervals; 50,100 unless given
  --timeout D,...   heartbeat timeouts; 150,350 unless given
  --trials N        of each cell; 30 unless given
  --standbys N      instances that may take over; 1 unless given
  --runtime R       node, deno or bun for the instances; this tool's own unless given
  --load N          busy processes beside the group; 0 unless given
  --seed N          of the plan: the order of trials, and when each fault strikes
  --json FILE       the result as JSON; - writes it to stdout, and everything else to stderr
  --html FILE       the result as one page with plots
  --quiet           no report, no progress

Instead of faults, stalls: nobody dies, and whoever is promoted is promoted falsely.

  --stall D,...     how long something stands still
  --stall-at W,...  secondary, primary (their event loops are blocked), stop (SIGSTOP to the primary); all unless given

Durations: 50, 50ms, 5s, 10m. Exit status: 0 when all trials were counted, 1 when some were missed or a promise was
broken, 2 when it cannot be done as it was asked, 130 after Ctrl-C, with what was measured until then.
`;
