import { sectionSchemas } from '../schema/index.js';
import type { Product, SectionSchema } from '../schema/types.js';
import { type Markup, tag } from './markup.js';

/** Sections whose declaration an installer changes: the iisnode MSI switches webSocket to Allow (addiisnodesection.js). */
const changed: Readonly<Record<string, string>> = { 'system.webServer/webSocket': 'Allow' };

interface Tree {
  readonly groups: Map<string, Tree>;
  readonly sections: SectionSchema[];
}

/** `<configSections>` of a minimal IIS 10 with the sections of some products. */
export function configSections(products: readonly Product[]): Markup {
  const root: Tree = { groups: new Map(), sections: [] };
  for (const schema of sectionSchemas) {
    if (schema.product !== 'iis' && !products.includes(schema.product)) continue;
    let tree = root;
    for (const name of schema.path.split('/').slice(0, -1)) {
      const next = tree.groups.get(name) ?? { groups: new Map(), sections: [] };
      tree.groups.set(name, next);
      tree = next;
    }
    tree.sections.push(schema);
  }
  return tag('configSections', {}, childrenOf(root));
}

function childrenOf(tree: Tree): readonly Markup[] {
  const sections = tree.sections.map(declaration);
  const groups = [...tree.groups].map(([name, inner]) => tag('sectionGroup', { name }, childrenOf(inner)));
  const nameOf = ({ attributes }: Markup): string => attributes.name ?? '';
  return [...sections, ...groups].sort((a, b) => (nameOf(a).toLowerCase() < nameOf(b).toLowerCase() ? -1 : 1));
}

function declaration(schema: SectionSchema): Markup {
  return tag('section', {
    name: schema.path.slice(schema.path.lastIndexOf('/') + 1),
    ...(schema.allowDefinition === 'Everywhere' ? {} : { allowDefinition: schema.allowDefinition }),
    overrideModeDefault: changed[schema.path] ?? schema.overrideModeDefault,
  });
}
