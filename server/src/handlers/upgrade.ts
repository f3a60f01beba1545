// "What breaks on Kubernetes 1.NN", for the document that the editor shows: the same report as on the command line.
import { upgradeRequest } from '../core/protocol';
import { upgradeReport } from '../core/upgrade/report';
import { reportText } from '../core/upgrade/reportText';
import { on } from '../requests';
import type { Session } from '../session';

export function registerUpgrade(session: Session): void {
  on(session, upgradeRequest, async ({ folder, to }, abort) => {
    const repository = await session.byFolder(folder);
    const { services } = repository;
    const versions = [...services.schemas().minors].reverse();
    if (to === undefined) {
      return { versions };
    }
    const workspace = await repository.workspace();
    const { kubernetesVersion } = session.settings;
    const report = await upgradeReport(workspace, services.tree, services.checkPorts(), to, {
      ...(kubernetesVersion === '' ? {} : { kubernetesVersion }),
      knownVersions: repository.clusterVersions,
      progress: (text) => session.log.info(text),
      abort,
    });
    const { text, links } = reportText(report);
    return {
      versions,
      report: { text, links: links.map(({ path, ...link }) => ({ ...link, uri: repository.uriOf(path) })) },
    };
  });
}
