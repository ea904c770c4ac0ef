import { groupOf, inOrder, summaryOf } from '../../../admin/src/panel/summary';
import type { AssetState } from '../../../server/src/api/contracts';

const view = (state: AssetState, review = false) => ({ state, review });

describe('the summary of many images', () => {
  it('counts each group once, what is ready first, and leaves out what there is none of', () => {
    const views = [view('ready'), view('ready'), view('failed'), view('held'), view('ready', true), view('skipped')];
    expect(summaryOf(views)).toEqual([
      ['ready', 2],
      ['failed', 1],
      ['asks', 2],
      ['rest', 1],
    ]);
  });

  it('leaves out images whose state is not known yet', () => {
    expect(summaryOf([null, view('running'), view('queued')])).toEqual([['working', 2]]);
  });

  it('takes an unsure cutout for a question only once it is there', () => {
    expect([groupOf(view('ready', true)), groupOf(view('running', true))]).toEqual(['asks', 'working']);
  });

  it('puts questions and failures on top and leaves the others as the entry has them', () => {
    const images = [view('ready'), null, view('failed'), view('waiting'), view('held'), view('failed')];
    const ids = inOrder([...images.keys()], (at) => images[at]!);
    expect(ids).toEqual([4, 2, 5, 0, 1, 3]);
  });
});
