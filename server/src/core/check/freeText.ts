// `${NAME}` is a variable that Flux fills in, or a script's own. In a text that no rule looks at it makes no difference which.
import { keyName } from '../yaml/resolve';
import type { Node } from '../yaml/tree';

/** Commands, environment, files and notes: whatever stands there, the object stays as valid as it is. */
const free = [
  /\/(?:command|args)\/\d+$/,
  /\/env\/\d+\/value$/,
  /^\/(?:data|stringData)\/[^/]+$/,
  /\/(?:annotations|commonAnnotations)\/[^/]+$/,
  /\/helm\/parameters\/\d+\/value$/,
];

/** True where an object has a variable in a place whose value decides whether it is valid. */
export function decidesByVariable(root: Node | undefined): boolean {
  const visit = (node: Node, path: string): boolean => {
    switch (node.kind) {
      case 'map':
        return node.pairs.some(({ key, value }) => {
          const name = keyName(key) ?? '';
          return isVariable(name) || visit(value, `${path}/${name.replace(/\//g, '~1')}`);
        });
      case 'seq':
        return node.items.some((item, index) => visit(item, `${path}/${index}`));
      case 'scalar':
        return isVariable(node.text) && !(free.some((place) => place.test(path)) && !isEncoded(path, root));
      case 'alias':
        return false;
    }
  };
  return root !== undefined && visit(root, '');
}

const isVariable = (text: string): boolean => /\$\{[A-Za-z_]/.test(text);

/** The data of a Secret must be base64. */
function isEncoded(path: string, root: Node | undefined): boolean {
  return (
    path.startsWith('/data/') &&
    root?.kind === 'map' &&
    root.pairs.some(({ key, value }) => keyName(key) === 'kind' && value.kind === 'scalar' && value.text === 'Secret')
  );
}
