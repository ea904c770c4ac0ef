import { speed } from '../../../server/src/cli/progress';

const unit = { amount: () => '', rate: (perSecond: number) => `${perSecond}/s` };

describe('rate and time left', () => {
  test('nothing is claimed before something is done', () => {
    expect(speed(0, 10, 5, unit)).toEqual({ rate: '…', left: '…' });
  });

  test.each([
    [10, 30, 5, '2/s', '15 s left'],
    [1, 100, 1, '1/s', '1:40 min left'],
    [5, 0, 5, '1/s', '0 s left'],
  ])('%d done and %d to do after %d s', (done, todo, seconds, rate, left) => {
    expect(speed(done, todo, seconds, unit)).toEqual({ rate, left });
  });
});
