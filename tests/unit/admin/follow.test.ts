import { createFollower, type Follower } from '../../../admin/src/follow/follower';
import { EXPECT_MS, type Followed, nextLook } from '../../../admin/src/follow/plan';
import type { AssetsResponse, AssetState, AssetView } from '../../../server/src/api/contracts';

const MINUTE = 60_000;

describe('when the next request is due', () => {
  const asset = (state: AssetState | null, given: Partial<Followed> = {}): Followed => ({
    ...{ state, retryAt: null, since: 0, expectedUntil: 0 },
    ...given,
  });
  const look = (assets: Followed[], lookedAt = 0, now = lookedAt) => nextLook(new Map(assets.entries()), lookedAt, now);

  it('is never while nothing can change', () => {
    const settled = (['ready', 'skipped', 'failed', 'held', 'cancelled', 'none'] as const).map((state) => asset(state));
    expect(look(settled)).toBeNull();
  });

  it('is now for what was not read yet', () => {
    expect(look([asset('ready'), asset(null)], 5_000, 5_001)).toEqual({ inMs: 0, ids: [1] });
  });

  it('is soon while few are made, so that a finished one shows at once, and more rarely the longer it takes', () => {
    const delays = [0, 5_000, MINUTE, 5 * MINUTE].map((now) => look([asset('running')], now)?.inMs);
    expect(delays).toEqual([250, 1_000, 5_000, 15_000]);
    expect(look(Array.from({ length: 200 }, () => asset('running')))?.inMs).toBe(1_000);
  });

  it('is when what waits is tried again, twice a minute at most and every five minutes at least', () => {
    const delays = [5_000, 90_000, 30 * 24 * 60 * MINUTE].map((retryAt) => look([asset('waiting', { retryAt })])?.inMs);
    expect(delays).toEqual([30_000, 90_000, 5 * MINUTE]);
  });

  it('is soon where a save, a replace or a press has changed something, for a short while', () => {
    for (const state of ['none', 'waiting'] as const) {
      expect(look([asset(state, { expectedUntil: EXPECT_MS })])?.inMs).toBe(1_000);
    }
    expect(look([asset('none', { expectedUntil: EXPECT_MS })], EXPECT_MS)).toBeNull();
  });

  it('names all that can change and nothing else', () => {
    const assets = [asset('ready'), asset('running'), asset('waiting'), asset('failed')];
    expect(look(assets)?.ids).toEqual([1, 2]);
  });
});

/** A page with a clock that the test turns and a server whose answers it writes. */
class Page {
  time = 0;
  hidden = false;
  requests: number[][] = [];
  states = new Map<number, Partial<AssetView>>();
  forbidden: number[] = [];
  /** What the server's clock is ahead. */
  skew = 0;
  answer: (() => Promise<void>) | null = null;
  private timer: { at: number; work: () => void } | null = null;
  readonly follower: Follower;

  constructor(mostIds = 200) {
    this.follower = createFollower({
      read: async (ids) => {
        this.requests.push(ids);
        const answered = this.answerTo(ids);
        await this.answer?.();
        return answered;
      },
      isHidden: () => this.hidden,
      now: () => this.time,
      later: (ms, work) => {
        const timer = { at: this.time + ms, work };
        this.timer = timer;
        return () => {
          if (this.timer === timer) this.timer = null;
        };
      },
      mostIds,
    });
  }

  view(fileId: number): AssetView {
    return { fileId, state: 'ready', retryAt: null, optedOut: false, ...this.states.get(fileId) } as AssetView;
  }

  private answerTo(ids: number[]): AssetsResponse {
    const data = ids.filter((id) => !this.forbidden.includes(id)).map((id) => this.view(id));
    const forbidden = ids.filter((id) => this.forbidden.includes(id));
    return { data, meta: { forbidden, missing: [], now: new Date(this.time + this.skew).toISOString() } };
  }

  show(ids: number[], revision = '', isExpected = false) {
    this.follower.follow(
      this,
      ids.map((fileId) => ({ fileId, revision, isExpected })),
    );
  }

  /** Lets so much time pass. */
  async pass(ms: number) {
    const end = this.time + ms;
    for (;;) {
      for (let settled = 0; settled < 20; settled += 1) await Promise.resolve();
      if (!this.timer || this.timer.at > end) break;
      const { at, work } = this.timer;
      this.timer = null;
      this.time = at;
      work();
    }
    this.time = end;
  }

  async requestsIn(ms: number) {
    const before = this.requests.length;
    await this.pass(ms);
    return this.requests.length - before;
  }
  stateOf = (id: number) => this.follower.snapshot().get(id)?.view?.state;
}

describe('a page with cutouts', () => {
  const until = (ms: number) => new Date(ms).toISOString();

  it('reads a gallery of 200 with one request, and sends none after it while nothing can change', async () => {
    const page = new Page();
    page.show(Array.from({ length: 200 }, (_, at) => at + 1));
    expect(await page.requestsIn(0)).toBe(1);
    expect(await page.requestsIn(60 * MINUTE)).toBe(0);
    expect(page.stateOf(200)).toBe('ready');
  });

  it('asks once for two parts of which one knows the revision, in either order', async () => {
    const wanted = (revision: string | null) => [{ fileId: 1, revision, isExpected: false }];
    for (const order of [['saved', null] as const, [null, 'saved'] as const]) {
      const page = new Page();
      for (const revision of order) {
        page.follower.follow({}, wanted(revision));
        await page.pass(10);
      }
      expect(page.requests).toHaveLength(1);
    }
  });

  it('asks twice a minute at most for six images that wait, and less for a far-off try', async () => {
    const page = new Page();
    for (let id = 1; id <= 6; id += 1) page.states.set(id, { state: 'waiting', retryAt: until(30 * 24 * 60 * MINUTE) });
    page.show([1, 2, 3, 4, 5, 6]);
    await page.pass(0);
    expect(await page.requestsIn(10 * MINUTE)).toBe(2);
    for (let id = 1; id <= 6; id += 1) page.states.set(id, { state: 'waiting', retryAt: until(page.time + 1_000) });
    await page.pass(5 * MINUTE);
    expect(await page.requestsIn(10 * MINUTE)).toBeLessThanOrEqual(20);
  });

  it("goes by the server's clock, however wrong the browser's is", async () => {
    const page = new Page();
    page.skew = 24 * 60 * MINUTE;
    page.states.set(1, { state: 'waiting', retryAt: until(page.skew + 2 * MINUTE) });
    page.show([1]);
    await page.pass(0);
    expect(await page.requestsIn(2 * MINUTE - 1)).toBe(0);
    expect(await page.requestsIn(1)).toBe(1);
  });

  it('sends no request while it is hidden, and looks at once when it comes to the front', async () => {
    const page = new Page();
    page.states.set(1, { state: 'running' });
    page.show([1]);
    await page.pass(0);
    page.hidden = true;
    page.follower.wake();
    expect(await page.requestsIn(60 * MINUTE)).toBe(0);
    page.hidden = false;
    page.follower.wake();
    expect(await page.requestsIn(0)).toBe(1);
  });

  it('shows a finished cutout within 300 ms', async () => {
    const page = new Page();
    page.states.set(1, { state: 'running' });
    page.show([1]);
    await page.pass(1_000);
    page.states.set(1, { state: 'ready' });
    await page.pass(300);
    expect(page.stateOf(1)).toBe('ready');
  });

  it('reads anew when the file itself has changed, and looks for the job that follows', async () => {
    const page = new Page();
    page.show([1, 2], 'before');
    await page.pass(MINUTE);
    page.states.set(1, { state: 'none' });
    page.follower.follow(page, [
      { fileId: 1, revision: 'replaced', isExpected: false },
      { fileId: 2, revision: 'before', isExpected: false },
    ]);
    await page.pass(0);
    expect(page.requests.at(-1)).toEqual([1]);
    expect(page.stateOf(1)).toBe('none');
    page.states.set(1, { state: 'ready' });
    await page.pass(2_000);
    expect(page.stateOf(1)).toBe('ready');
  });

  it('does not let an answer that left before a press undo what the press brought', async () => {
    const page = new Page();
    page.states.set(1, { state: 'running' });
    page.show([1]);
    await page.pass(0);
    let arrive = () => undefined as void;
    page.answer = () => new Promise<void>((resolve) => (arrive = resolve));
    await page.pass(250);
    page.follower.put({ ...page.view(1), state: 'cancelled' });
    page.answer = null;
    arrive();
    await page.pass(0);
    expect(page.stateOf(1)).toBe('cancelled');
  });

  it('tells which images this person may not see, and asks no more about them', async () => {
    const page = new Page();
    page.forbidden = [2];
    page.show([1, 2]);
    await page.pass(0);
    expect(page.follower.snapshot().get(2)).toEqual({ view: null, problem: 'forbidden' });
    expect(await page.requestsIn(60 * MINUTE)).toBe(0);
  });

  it('asks more and more rarely while the server does not answer, and keeps what it knows', async () => {
    const page = new Page();
    page.states.set(1, { state: 'running' });
    page.show([1]);
    await page.pass(0);
    page.answer = () => Promise.reject(new Error('away'));
    expect(await page.requestsIn(5 * MINUTE)).toBeLessThan(12);
    expect(page.stateOf(1)).toBe('running');
    page.answer = null;
    page.states.set(1, { state: 'ready' });
    await page.pass(MINUTE);
    expect(page.stateOf(1)).toBe('ready');
  });

  it('says of what was never read that it could not be, and reads it at a press', async () => {
    const page = new Page();
    page.answer = () => Promise.reject(new Error('away'));
    page.show([1]);
    expect(await page.requestsIn(60 * MINUTE)).toBe(1);
    expect(page.follower.snapshot().get(1)?.problem).toBe('unreadable');
    page.answer = null;
    page.follower.refresh();
    await page.pass(0);
    expect(page.stateOf(1)).toBe('ready');
  });

  it('forgets what no part of the page shows any more', async () => {
    const page = new Page();
    page.states.set(1, { state: 'running' });
    page.show([1]);
    await page.pass(0);
    page.show([]);
    expect(page.follower.snapshot().size).toBe(0);
    expect(await page.requestsIn(60 * MINUTE)).toBe(0);
  });

  it('asks about all in turn where one request cannot name them', async () => {
    const page = new Page(2);
    page.show([1, 2, 3, 4, 5]);
    await page.pass(0);
    expect(page.requests).toEqual([[1, 2], [3, 4], [5]]);
  });
});
