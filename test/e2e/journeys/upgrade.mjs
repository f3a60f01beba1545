// What breaks on another Kubernetes version: choose it in the palette, read the report, go to a place in it.
import fs from 'node:fs';
import path from 'node:path';
import { it } from 'mocha';
import { createExample } from '../../../scripts/example.mjs';
import { journey } from '../../support/vscodeJourney.mjs';

const budget = `apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata:
  name: web
spec:
  minAvailable: 1
  selector:
    matchLabels:
      app: web
`;
const classes = `apiVersion: storage.k8s.io/v1beta1
kind: VolumeAttributesClass
metadata:
  name: fast
driverName: csi.example.com
`;

async function make(folder) {
  await createExample(folder);
  const kustomization = path.join(folder, 'apps/web/overlays/production/kustomization.yaml');
  const text = fs.readFileSync(kustomization, 'utf8');
  fs.writeFileSync(kustomization, text.replace(/^resources:\n/m, 'resources:\n  - budget.yaml\n  - classes.yaml\n'));
  fs.writeFileSync(path.join(path.dirname(kustomization), 'budget.yaml'), budget);
  fs.writeFileSync(path.join(path.dirname(kustomization), 'classes.yaml'), classes);
}

journey('upgrade', { theme: 'light', make }, (the) => {
  it('asks for the version and shows what breaks, by environment', async () => {
    await the().showPlumbline();
    await the().page.getByRole('button', { name: 'Compare with Live State' }).waitFor({ timeout: 60_000 });
    await the().command('Plumbline: What Breaks on Kubernetes…');
    const row = the().page.locator('.quick-input-list .monaco-list-row', { hasText: 'announced removals only' });
    await row.waitFor();
    await the().shot('versions');
    await row.click();
    await the()
      .page.getByRole('tab', { name: /Kubernetes 1\.\d+\.md/ })
      .waitFor();
    await the().page.locator('.view-line', { hasText: '### Breaks' }).first().waitFor();
    await the().shot('report');
  });

  it('goes to a place of the report', async () => {
    const place = the().page.locator('.detected-link', { hasText: 'classes.yaml:1:13' }).first();
    await place.click({ modifiers: ['Control'] });
    await the().page.getByRole('tab', { name: 'classes.yaml' }).waitFor();
    await the().page.getByText('Ln 1, Col 13').waitFor();
    await the().shot('place');
  });
});
