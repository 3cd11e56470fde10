/**
 * Writes a bill of materials (CycloneDX 1.6) for each published package to `out/sbom`: what is inside its bundle, and what npm installs with
 * it, in the versions that are tested here. It says nothing of when or where it was made: the same commit gives the same bytes.
 */
import { globSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Contrib, Enums, Models, Serialize, Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { PackageURL } from 'packageurl-js';
import { parse } from 'yaml';
import { bundle } from './bundle/build.ts';
import { thirdParties } from './bundle/third-parties.ts';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly description?: string;
  readonly bin?: object;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly resolution: { readonly integrity?: string } }>>;
}

const root = join(import.meta.dirname, '..');
const out = join(root, 'out', 'sbom');
const integrities = readIntegrities(join(root, 'pnpm-lock.yaml'));
const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);

mkdirSync(out, { recursive: true });
for (const path of globSync('packages/*/package.json', { cwd: root }).sort()) {
  const folder = dirname(join(root, path));
  const bom = await billOf(folder);
  const text = serializer.serialize(bom, { sortLists: true, space: 2 });
  const faults = await validator.validate(text);
  if (faults !== null) throw new Error(`The bill of ${basename(folder)} is not CycloneDX 1.6: ${JSON.stringify(faults)}`);
  writeFileSync(join(out, `${basename(folder)}.cdx.json`), `${text}\n`);
  console.log(`${basename(folder)}: ${bom.components.size} components`);
}

async function billOf(folder: string): Promise<Models.Bom> {
  const manifest = readManifest(folder);
  const type = manifest.bin === undefined ? Enums.ComponentType.Library : Enums.ComponentType.Application;
  const subject = componentOf(manifest, type);
  const components = new Map<string, Models.Component>();
  if (manifest.bin !== undefined) await addBundled(folder, subject, components);
  addInstalled(folder, manifest, subject, components);
  const metadata = new Models.Metadata({ component: subject });
  metadata.lifecycles.add(Enums.LifecyclePhase.Build);
  return new Models.Bom({ metadata, components: new Models.ComponentRepository(components.values()) });
}

/** What lies inside the package's own files. Nothing of it is installed. */
async function addBundled(folder: string, subject: Models.Component, components: Map<string, Models.Component>): Promise<void> {
  const core = readManifest(join(root, 'packages', 'core'));
  const parties = thirdParties(await bundle(folder, { write: false }), folder);
  for (const { name, version, license } of [core, ...parties.map(({ licence, ...party }) => ({ ...party, license: licence }))]) {
    const component = componentOf({ name, version, license });
    component.properties.add(new Models.Property('cdx:npm:package:bundled', 'true'));
    components.set(`${name}@${version}`, component);
    subject.dependencies.add(component.bomRef);
  }
}

/** What npm puts beside it, with everything that brings with it. Peers that are optional are the user's own affair. */
function addInstalled(home: string, manifest: Manifest, dependent: Models.Component, components: Map<string, Models.Component>): void {
  const { dependencies = {}, optionalDependencies = {} } = manifest;
  for (const [name, version] of Object.entries({ ...dependencies, ...optionalDependencies })) {
    const folder = findPackage(name, home);
    // Programs for other systems than this one are not here; whoever names them publishes them, on its own terms.
    const found = folder === undefined ? { name, version, license: manifest.license } : readManifest(folder);
    if (folder === undefined && !(name in optionalDependencies))
      throw new Error(`${manifest.name} needs ${name}, which is not installed: pnpm install`);
    const key = `${found.name}@${found.version}`;
    const known = components.get(key);
    const component = known ?? componentOf(found);
    dependent.dependencies.add(component.bomRef);
    if (known !== undefined) continue;
    if (name in optionalDependencies) component.scope = Enums.ComponentScope.Optional;
    components.set(key, component);
    if (folder !== undefined) addInstalled(folder, found, component, components);
  }
}

function componentOf({ name, version, license, description }: Manifest, type = Enums.ComponentType.Library): Models.Component {
  const [group, own] = name.startsWith('@') ? (name.split('/') as [string, string]) : [undefined, name];
  const purl = new PackageURL('npm', group, own, version, undefined, undefined).toString();
  const component = new Models.Component(type, own, { group, version, description, purl, bomRef: purl });
  component.licenses.add(/ (OR|AND|WITH) /.test(license) ? new Models.LicenseExpression(license) : new Models.SpdxLicense(license));
  const integrity = integrities.get(`${name}@${version}`);
  if (integrity !== undefined) component.hashes.set(...Contrib.FromNodePackageJson.Utils.parsePackageIntegrity(integrity));
  return component;
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/** Where Node would find a package from a folder; undefined if nowhere. */
function findPackage(name: string, from: string): string | undefined {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    try {
      return dirname(realpathSync(join(folder, 'node_modules', name, 'package.json')));
    } catch {
      // Perhaps further up.
    }
  }
  return undefined;
}

/** The hash of what each package was installed from, by name and version. */
function readIntegrities(lockfile: string): ReadonlyMap<string, string> {
  const { packages }: Lockfile = parse(readFileSync(lockfile, 'utf8'));
  return new Map(Object.entries(packages).flatMap(([key, { resolution }]) => (resolution.integrity ? [[key, resolution.integrity]] : [])));
}
