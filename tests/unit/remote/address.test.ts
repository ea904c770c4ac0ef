import { baseUrl, under } from '../../../server/src/engines/remote/address';

describe('addresses the key may be sent to', () => {
  it.each([
    'https://api.rembg.com',
    'https://gateway.example.com/rembg/',
    'http://localhost:8080',
    'http://127.0.0.1:1',
    'http://[::1]:1',
  ])('%s is one', (url) => {
    expect(() => baseUrl(url, 'remote.apiUrl')).not.toThrow();
  });

  it.each([
    'http://api.rembg.com',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'ftp://127.0.0.1',
    'https://user:password@api.rembg.com',
    'https://api.rembg.com?key=1',
    'api.rembg.com',
    '',
  ])('%j is none', (url) => {
    expect(() => baseUrl(url, 'remote.apiUrl')).toThrow(/^Expected .* for remote\.apiUrl but received another /);
  });

  it.each([
    'https://user:s3cr3t@host',
    'https://user:s3c@s3cr3t@host',
    'http://u:x/s3cr3t@host',
    'u:s3cr3t@host',
    's3cr3t',
  ])('%j is refused without a word of it', (url) => {
    expect(() => baseUrl(url, 'remote.apiUrl')).toThrow(/^((?!s3cr3t).)*$/);
  });

  it('keep the path of their base', () => {
    expect(under(baseUrl('https://gateway.example.com/rembg/', 'x'), '/rmbg').href).toBe(
      'https://gateway.example.com/rembg/rmbg',
    );
    expect(under(baseUrl('https://api.rembg.com', 'x'), '/rmbg').href).toBe('https://api.rembg.com/rmbg');
  });
});
