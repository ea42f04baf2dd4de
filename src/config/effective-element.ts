import { expand, type Variables } from './expand.js';
import { MergedElement, originOf } from './merged.js';
import type { AttributeSchema, ElementSchema } from './schema/types.js';
import { parseValue } from './schema/values.js';
import type { ConfigValue, EffectiveElement, Origin, WrittenValue } from './types.js';

interface Surroundings {
  readonly variables: Variables;
  /** The elements around it: they may contain `siteDefaults` and similar elements. */
  readonly around: Around | undefined;
  /** Elements with its default values: `applicationPoolDefaults` for a pool. */
  readonly defaults: readonly MergedElement[];
}

/** An element, and those around it: a chain, because thousands of views share its outer part. */
interface Around {
  readonly merged: MergedElement;
  readonly outer: Around | undefined;
}

const noDefaults: readonly MergedElement[] = [];
const defaultValues = new WeakMap<AttributeSchema, { readonly value: ConfigValue | undefined }>();

function defaultOf(schema: AttributeSchema): ConfigValue | undefined {
  const known = defaultValues.get(schema);
  if (known !== undefined) return known.value;
  const parsed = schema.default === undefined ? undefined : parseDefault(schema, schema.default);
  defaultValues.set(schema, { value: parsed });
  return parsed;
}

/** A default may violate the validator's rule; the shipped schemas have such defaults. */
function parseDefault(schema: AttributeSchema, text: string): ConfigValue | undefined {
  const parsed = parseValue(schema.validator === undefined ? schema : { ...schema, validator: undefined }, text);
  return 'value' in parsed ? parsed.value : undefined;
}

/** Elements of that name beside the elements around it, innermost first. */
function defaultsNamed(name: string, around: Around): readonly MergedElement[] {
  const found: MergedElement[] = [];
  for (let at: Around | undefined = around; at !== undefined; at = at.outer) {
    const named = at.merged.childNamed(name);
    if (named !== undefined) found.push(named);
  }
  return found;
}

/** The public view of a merged element. */
export class MergedView implements EffectiveElement {
  readonly #schema: ElementSchema;
  readonly #merged: MergedElement;
  readonly #surroundings: Surroundings;
  #children: Map<string, MergedView> | undefined;
  #items: readonly MergedView[] | undefined;

  constructor(merged: MergedElement, surroundings: Surroundings) {
    this.#schema = merged.schema;
    this.#merged = merged;
    this.#surroundings = surroundings;
  }

  get name(): string {
    return this.#schema.name;
  }

  get(attribute: string): ConfigValue | undefined {
    const schema = this.#schema.attributes.get(attribute);
    if (schema === undefined) throw new RangeError(`<${this.name}> has no attribute '${attribute}' in the schema`);
    const value = this.#written(attribute)?.value ?? defaultOf(schema);
    return schema.expanded && typeof value === 'string' ? expand(value, this.#surroundings.variables) : value;
  }

  string(attribute: string): string {
    const value = this.get(attribute) ?? '';
    if (typeof value === 'string') return value;
    throw new RangeError(`${this.name}/@${attribute} is not a string`);
  }

  number(attribute: string): number {
    const value = this.get(attribute) ?? 0;
    if (typeof value === 'number') return value;
    throw new RangeError(`${this.name}/@${attribute} is not a number`);
  }

  boolean(attribute: string): boolean {
    const value = this.get(attribute) ?? false;
    if (typeof value === 'boolean') return value;
    throw new RangeError(`${this.name}/@${attribute} is not a boolean`);
  }

  isSet(attribute: string): boolean {
    return this.#written(attribute) !== undefined;
  }

  origin(attribute?: string): Origin | undefined {
    if (attribute !== undefined) {
      const written = this.#written(attribute);
      return written && originOf(written.block, written.element, written.attribute.span.start);
    }
    const mention = this.#merged.mention ?? this.#surroundings.defaults.find((other) => other.mention)?.mention;
    return mention && originOf(mention.block, mention.element);
  }

  child(name: string): MergedView {
    const known = this.#children?.get(name);
    if (known !== undefined) return known;
    const schema = this.#schema.elements.get(name);
    if (schema === undefined) throw new RangeError(`<${this.name}> has no element '${name}' in the schema`);
    const { variables, around: outer, defaults } = this.#surroundings;
    const view = new MergedView(this.#merged.childNamed(name) ?? new MergedElement(schema), {
      variables,
      around: { merged: this.#merged, outer },
      defaults: defaults.length === 0 ? noDefaults : defaults.flatMap((other) => other.childNamed(name) ?? []),
    });
    this.#children ??= new Map();
    this.#children.set(name, view);
    return view;
  }

  get items(): readonly MergedView[] {
    this.#items ??= this.#viewItems();
    return this.#items;
  }

  written(): readonly WrittenValue[] {
    const own = [...this.#merged.values.keys()].map((name) => ({
      path: name,
      value: this.get(name),
      origin: this.origin(name),
    }));
    const children = [...this.#schema.elements.keys()].map((name) => [name, this.child(name)] as const);
    const entries = this.items.map((item) => [item.#entryName(), item] as const);
    return [
      ...own,
      ...[...children, ...entries].flatMap(([name, element]) =>
        element.written().map((one) => ({ ...one, path: `${name}/${one.path}` })),
      ),
    ];
  }

  /** `add[iisnode]`: with its key. */
  #entryName(): string {
    const keys = [...this.#schema.attributes].flatMap(([name, { key }]) => (key ? [String(this.get(name) ?? '')] : []));
    return `${this.name}[${keys.join(', ')}]`;
  }

  #viewItems(): readonly MergedView[] {
    const { collection } = this.#schema;
    if (collection === undefined) return [];
    const { variables, around: outer } = this.#surroundings;
    const around = { merged: this.#merged, outer };
    const defaults = collection.defaults === undefined ? noDefaults : defaultsNamed(collection.defaults, around);
    return this.#ownItems().map((item) => new MergedView(item, { variables, around, defaults }));
  }

  /** An element that is in no file has the entries of its defaults: a pool's environmentVariables. */
  #ownItems(): readonly MergedElement[] {
    if (this.#merged.mention !== undefined) return this.#merged.items;
    return this.#surroundings.defaults.find((other) => other.mention !== undefined)?.items ?? [];
  }

  #written(attribute: string) {
    const own = this.#merged.values.get(attribute);
    if (own !== undefined || this.#surroundings.defaults.length === 0) return own;
    return this.#surroundings.defaults.find((other) => other.values.has(attribute))?.values.get(attribute);
  }
}
