import { mayBePicture as mayBePictureInAdmin } from '../../../admin/src/panel/entryImages';
import { mayBePicture } from '../../../server/src/assets/picture-type';

test.each([
  ['image/jpeg', 'a.jpg', true],
  ['image/svg+xml', 'a.svg', true],
  ['IMAGE/PNG', 'a', true],
  ['application/octet-stream', 'a', true],
  ['binary/octet-stream', 'a.bin', true],
  ['', 'a', true],
  ['text/plain', 'photo.jfif', true],
  ['text/plain', 'photo.DIB', true],
  ['application/zip', 'photo.heic', true],
  ['application/zip', 'a.zip', false],
  ['application/pdf', 'a.pdf', false],
  ['video/mp4', 'a.mp4', false],
  ['text/plain', 'notes.txt', false],
  ['text/html', 'jpg', false],
])('a file of type "%s" named %s is looked at: %s, by the server and by the panel', (mime, name, looked) => {
  expect(mayBePicture({ mime, name, ext: null })).toBe(looked);
  expect(mayBePictureInAdmin({ mime, name, ext: null })).toBe(looked);
});

test('the stored ending counts beside the name, for people rename assets', () => {
  const file = { mime: 'text/plain', name: 'A red chair', ext: '.jpg' };
  expect([mayBePicture(file), mayBePictureInAdmin(file)]).toEqual([true, true]);
});
