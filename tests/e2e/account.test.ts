import { createProduct, type Session } from '../support/app';
import { browserHint, findBrowser, type Page } from '../support/browser';
import { describeIf } from '../support/needs';
import { distinctPicture } from '../support/noise';
import { openPanel, type Panel } from '../support/panel';
import { uploadPictures } from '../support/remote-app';

describeIf(findBrowser() !== null, browserHint)('the side panel and the Rembg account', () => {
  let panel: Panel;
  let server: Panel['server'];
  let session: Session;
  let page: Page;

  beforeAll(async () => {
    panel = await openPanel(({ remote }) => ({ remote, rules: { everything: { engine: 'remote' } } }));
    ({ server, session, page } = panel);
  }, 240_000);
  afterAll(() => panel?.close(), 60_000);

  /** Opens an entry with a picture that was never sent before. */
  const openPicture = async (seed: number) => {
    const [id] = await uploadPictures(session, [await distinctPicture(seed)]);
    const { documentId } = await createProduct(session, { title: 'A product', photo: id });
    await page.goto(`${session.url}/admin/content-manager/collection-types/api::product.product/${documentId}`);
    return page.getByRole('listitem').filter({ hasText: 'p0.png' });
  };
  const banner = () => page.getByRole('alert').filter({ hasText: 'The Rembg API cannot be used at the moment' });

  it('says one picture’s trouble at that picture and nowhere else', async () => {
    server.setFault({ kind: 'row', row: 'corrupt-image' });
    const card = await openPicture(901);
    await card.getByRole('status').filter({ hasText: 'Failed' }).waitFor();
    await card.getByText('The Rembg API cannot read the image: it is damaged.').waitFor();
    await page.reload();
    await card.getByRole('status').filter({ hasText: 'Failed' }).waitFor();
    expect(await banner().count()).toBe(0);

    server.setFault(null);
    await card.getByRole('button', { name: 'Try again: p0.png' }).click();
    await card.getByRole('status').filter({ hasText: 'Ready' }).waitFor();
  }, 90_000);

  it('goes on at the press of a button once the address is verified', async () => {
    const { plan } = server.accounts.find(server.keys.premium)!;
    plan.verified = false;
    const card = await openPicture(902);
    await card
      .getByRole('status')
      .filter({ hasText: /Failed|Waiting/ })
      .waitFor();
    await page.reload();
    await banner().getByText('The e-mail address of the Rembg account is not verified.').first().waitFor();
    const verified = banner().getByRole('button', { name: 'I have verified my address' });
    await verified.click();
    await page.getByText('The Rembg account does not take calls yet').waitFor();

    plan.verified = true;
    await verified.click();
    await page.getByText('The Rembg account takes calls again.').waitFor();
    await banner().waitFor({ state: 'detached' });
    await card.getByRole('status').filter({ hasText: 'Ready' }).waitFor();
  }, 90_000);
});
