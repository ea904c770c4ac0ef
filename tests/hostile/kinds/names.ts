import { group, type HostileFile } from '../file';
import { baseline } from './jpeg';

interface Name {
  title: string;
  name: string;
  /** False where no file of a folder can be called so. */
  inFolder?: boolean;
}

const names: Name[] = [
  { title: 'composed letters', name: 'Äpfel-é.jpg'.normalize('NFC') },
  { title: 'the same letters decomposed', name: 'Äpfel-é.jpg'.normalize('NFD') },
  { title: 'right to left', name: 'תמונה של חתול.jpg' },
  { title: 'a mark that turns the direction', name: 'photo\u202Egpj.exe.jpg' },
  { title: 'emoji', name: '👩‍👩‍👧‍👦🏳️‍🌈.jpg' },
  { title: 'Tamil', name: 'பூனை.jpg' },
  { title: 'Chinese', name: '一只猫的照片.jpg' },
  { title: 'a space at both ends', name: ' photo .jpg ' },
  { title: 'nothing but an ending', name: '.jpg' },
  { title: 'hidden', name: '.hidden.jpg' },
  { title: 'dots alone before the ending', name: '....jpg' },
  { title: 'two endings', name: 'shell.php.jpg' },
  { title: '100 endings', name: `a${'.jpg'.repeat(50)}` },
  { title: '200 letters', name: `${'n'.repeat(196)}.jpg` },
  { title: '220 letters', name: `${'m'.repeat(216)}.jpg` },
  { title: '250 letters', name: `${'l'.repeat(246)}.jpg` },
  { title: '80 letters of three bytes', name: `${'猫'.repeat(80)}.jpg` },
  { title: '1000 letters', name: `${'k'.repeat(996)}.jpg`, inFolder: false },
  { title: 'a folder above', name: '../above.jpg', inFolder: false },
  { title: 'many folders above', name: '../../../../etc/passwd.jpg', inFolder: false },
  { title: 'folders above by backslashes', name: '..\\..\\windows\\photo.jpg' },
  { title: 'a whole path', name: '/etc/photo.jpg', inFolder: false },
  { title: 'a folder above in per cent', name: '%2e%2e%2fphoto.jpg' },
  { title: 'an end of text in per cent', name: 'photo%00.png.jpg' },
  { title: 'a broken per cent', name: '100%.jpg' },
  { title: 'an end of text', name: 'photo\0.jpg', inFolder: false },
  { title: 'a line break', name: 'one\ntwo.jpg' },
  { title: 'a line break as on Windows', name: 'three\r\nfour.jpg' },
  { title: 'a tab and a bell', name: 'tab\tbell\u0007.jpg' },
  { title: 'colours of a terminal', name: 'red\u001B[31m.jpg' },
  { title: 'quotes', name: `"it's".jpg` },
  { title: 'a tag', name: '<img src=x onerror=alert(1)>.jpg' },
  { title: 'words of a shell', name: '$(touch made) `touch made`; touch made.jpg' },
  { title: 'a dash first', name: '-rf.jpg' },
  { title: 'what looks like a flag', name: '--out=elsewhere.jpg' },
  { title: 'what a template would fill in', name: '{{constructor}}${process.env}.jpg' },
  { title: 'what Windows keeps for itself', name: 'CON.jpg' },
  { title: 'a question and a hash', name: 'what?#fragment.jpg' },
  { title: 'a colon and a pipe', name: 'C:photo|b*.jpg' },
  { title: 'a number alone', name: '0.jpg' },
  { title: 'a name of every object', name: '__proto__.jpg' },
  { title: 'half a letter', name: 'half\uD800.jpg', inFolder: false },
];

export const oddNames = (): HostileFile[] =>
  group(
    'Names',
    { ext: '.jpg', mime: 'image/jpeg' },
    names.map(({ title, name, inFolder = true }) => ({
      title,
      name,
      make: baseline,
      ...(inFolder ? {} : { cli: null }),
    })),
  );
