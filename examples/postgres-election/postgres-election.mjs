/** An election for failover-watcher that a row in Postgres decides. Yours to copy, with `row.mjs`; see README.md. */

import { NOBODY, openRow } from "./row.mjs";

/** @import { CampaignOutcome, CampaignRequest, Election, ElectionContext, Mandate } from "failover-watcher" */
/** @import { Row } from "./row.mjs" */

/** @type {(config: import("pg").PoolConfig) => Election} It connects when it is opened, with a pool of its own. */
export function postgresElection(config) {
  /** @type {ReturnType<typeof openElection> | undefined} */
  let opened;

  async function close() {
    const closing = opened;
    opened = undefined;
    await closing?.close();
  }

  return {
    name: "postgres",
    traits: { exclusive: true, durable: true, deadline: true },
    async open(context) {
      await close();
      opened = openElection(config, context);
      try {
        await opened.look();
      } catch (error) {
        await close();
        throw error;
      }
    },
    async campaign(request) {
      if (opened === undefined) throw new Error("Cannot campaign before the election is open.");
      return opened.campaign(request);
    },
    close,
  };
}

/** @param {import("pg").PoolConfig} config @param {ElectionContext} context */
function openElection(config, { group, instanceId, incarnation, heartbeatInterval, heartbeatTimeout, clock, error }) {
  // A mandate is trusted for so long from when its last proof was sent; others wait for a whole timeout.
  const trust = (heartbeatTimeout * 2) / 3;
  const patience = Math.ceil(trust / 4);
  const stored = openRow(config, group, patience, clock);
  const entry = { instanceId, incarnation, interval: heartbeatInterval, timeout: heartbeatTimeout, resigned: false };
  /** @type {{ row: Row, since: number } | undefined} What was read last, and since when it is so on the own clock. */
  let view;
  /** @type {Mandate | undefined} */
  let mandate;
  /** @type {Promise<unknown>} */
  let campaigning = Promise.resolve();
  let [over, told, wake] = [false, false, () => {}];
  let polling = clock.setTimer(poll, heartbeatInterval);

  async function look() {
    const row = await stored.read();
    view = { row, since: view?.row.nonce === row.nonce ? view.since : clock.now() };
    return view;
  }

  // A standby watches all the time: when it has reason to campaign, it knows how long nobody has renewed.
  async function poll() {
    try {
      if (mandate === undefined) await look();
      told = false;
    } catch (thrown) {
      if (!told && !over) error(/** @type {Error} */ (thrown));
      told = true;
    }
    if (!over) polling = clock.setTimer(poll, heartbeatInterval);
  }

  /** @param {number} delay @param {AbortSignal} signal @returns {Promise<void>} */
  function pause(delay, signal) {
    return new Promise((resolve) => {
      const done = () => {
        timer.cancel();
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = clock.setTimer(done, delay);
      signal.addEventListener("abort", done);
      wake = done;
    });
  }

  /** @param {CampaignRequest} request @returns {Promise<CampaignOutcome>} */
  async function campaign(request) {
    let { row, since } = await look();
    while (!request.signal.aborted && !over) {
      const free = row.resigned || row.incarnation === incarnation;
      const due = free ? -Infinity : since + Math.max(heartbeatTimeout, row.timeout);
      if (clock.now() < due) await pause(Math.min(heartbeatInterval, due - clock.now()), request.signal);
      else {
        const sentAt = clock.now();
        const term = Math.max(row.term, request.highestTerm) + 1;
        const written = await stored.write({ ...entry, term }, row.nonce);
        if (written !== undefined) return { won: true, mandate: hold(written, sentAt + trust, request) };
      }
      const before = row.nonce;
      ({ row, since } = await look());
      if (row.nonce === before || row.resigned || [NOBODY, incarnation].includes(row.incarnation)) continue;
      // Its row has changed while this candidate looked.
      const message = `${row.instanceId} holds the mandate of term ${row.term}.`;
      return { won: false, message, holder: row, alive: true };
    }
    return { won: false, message: "The campaign was called off." };
  }

  /** @param {Row} row @param {number} deadline @param {CampaignRequest} request @returns {Mandate} */
  function hold(row, deadline, { renewed, lost }) {
    const pace = Math.min(heartbeatInterval, patience);
    let [held, problem] = [true, "nobody answered"];
    /** @type {Promise<void> | undefined} */
    let renewing;
    const begin = () => void (renewing = renew());
    let timer = clock.setTimer(begin, pace);
    // What was seen before is too old to count when this mandate is over.
    view = undefined;

    /** @param {string} [loss] */
    function end(loss) {
      if (!held) return;
      held = false;
      timer.cancel();
      if (mandate === own) mandate = undefined;
      if (loss !== undefined) lost(loss);
    }

    /** False where somebody else is in the row, or nobody. @param {boolean} resigned */
    async function write(resigned) {
      for (;;) {
        const written = await stored.write({ ...row, resigned }, row.nonce);
        if (written !== undefined) row = written;
        if (written !== undefined) return true;
        const { row: found } = await look();
        if (found.incarnation !== incarnation || found.term !== row.term || found.resigned) return false;
        // An earlier write of ours, which nobody had confirmed, came late. It goes on from there.
        row = found;
      }
    }

    async function renew() {
      const sentAt = clock.now();
      if (sentAt >= deadline) return end(`The mandate was not renewed before its deadline: ${problem}`);
      try {
        if (!(await write(false))) return end(`The mandate is lost: ${view?.row.instanceId} is in its row.`);
        // What has lapsed never comes back.
        if (held && clock.now() < deadline) renewed((deadline = sentAt + trust));
      } catch (thrown) {
        // The deadline stands, and until then it is tried again.
        problem = String(thrown);
      }
      if (held) timer = clock.setTimer(begin, Math.max(0, sentAt + pace - clock.now()));
    }

    const own = {
      term: row.term,
      deadline,
      abandon: () => end(),
      async resign() {
        if (!held) return;
        end();
        await renewing;
        await write(true);
      },
    };
    mandate = own;
    return own;
  }

  return {
    look,
    /** @param {CampaignRequest} request */
    campaign(request) {
      const outcome = campaign(request);
      campaigning = Promise.allSettled([campaigning, outcome]).then(() => {});
      return outcome;
    },
    async close() {
      over = true;
      polling.cancel();
      wake();
      await campaigning;
      await mandate?.resign().catch(error);
      await stored.close();
    },
  };
}
