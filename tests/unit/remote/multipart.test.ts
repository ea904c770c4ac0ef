import fc from 'fast-check';
import { multipart, type UploadSource } from '../../../server/src/engines/remote/multipart';
import { bufferSource } from '../../../server/src/engines/remote/remove-background';

async function encode(source: UploadSource, fields: Record<string, string>) {
  const body = multipart(source, fields);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body.chunks()) chunks.push(chunk);
  return { bytes: Buffer.concat([...chunks, body.tail]), body };
}

test.each([
  ['a PNG named as a JPEG', '\x89PNG\r\n\x1a\n', 'logo.jpg', 'logo.png', 'image/png'],
  ['a JPEG named as HEIC', '\xff\xd8\xff\xe0', 'photo.HEIC', 'photo.jpg', 'image/jpeg'],
  ['a JPEG by one of its other endings', '\xff\xd8\xff\xe0', 'photo.jfif', 'photo.jfif', 'image/jpeg'],
  ['a JPEG of no picture ending', '\xff\xd8\xff\xe0', 'photo.txt', 'photo.txt', 'image/jpeg'],
  ['a JPEG without a name', '\xff\xd8\xff\xe0', undefined, 'image.jpg', 'image/jpeg'],
])('%s is sent under a name and a type that its bytes bear out', (_, start, given, name, mime) => {
  const bytes = Buffer.concat([Buffer.from(start, 'latin1'), Buffer.alloc(40)]);
  expect(bufferSource(bytes, given)).toMatchObject({ name, mime });
});

describe('the form that is sent', () => {
  it('is read back as it was by a parser of the standard, and is as long as promised', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 30 }).map((value) => value.replace(/[\r\n]/g, ' '));
    const name = fc.stringMatching(/^[a-z_]{1,10}$/);
    const fieldsOf = fc.dictionary(name, text, { maxKeys: 5 });
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200_000 }), fieldsOf, async (data, fields) => {
        const { bytes, body } = await encode(bufferSource(Buffer.from(data), 'photo "1".png'), fields);
        expect(bytes.length).toBe(body.length);
        const headers = { 'content-type': body.contentType };
        const form = await new Response(new Uint8Array(bytes), { headers }).formData();
        const file = form.get('image') as File;
        expect(file.name).toBe('photo "1".png');
        expect(Buffer.from(await file.arrayBuffer()).equals(Buffer.from(data))).toBe(true);
        const { image: _, ...others } = fields;
        for (const [field, value] of Object.entries(others)) expect(form.get(field)).toBe(value);
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ['grew', 100, 'more'],
    ['shrank', 300, '200'],
  ])('breaks off when the file %s since it was measured', async (_what, length, words) => {
    const source = { ...bufferSource(Buffer.alloc(200), 'photo.png'), length };
    await expect(encode(source, {})).rejects.toThrow(
      `"photo.png" was expected to have ${length} bytes but has ${words}.`,
    );
  });

  it('cannot be broken out of by a file name', async () => {
    const { bytes } = await encode(bufferSource(Buffer.from('x'), 'a"\r\nX-Evil: 1\r\n\r\n.png'), {});
    expect(bytes.toString()).not.toContain('\r\nX-Evil');
  });
});
