import { open } from 'node:fs/promises';

const ELF = 0x7f454c46;
const MACH_O = 0xcffaedfe;
const DOS = 0x4d5a;

const CPUS: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  linux: { 62: 'x64', 183: 'arm64' },
  darwin: { 16777223: 'x64', 16777228: 'arm64' },
  win32: { 34404: 'x64', 43620: 'arm64' },
};

/** The platform that a program is for, such as `darwin-arm64`, by its header. Throws for a file that none runs, or that may not be run. */
export async function platformOf(path: string): Promise<string> {
  await using file = await open(path);
  const { buffer: header } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
  const [os, machine] = read(header);
  const cpu = CPUS[os]?.[machine];
  if (cpu === undefined) throw new Error(`${path} is a program for nobody: ${header.toString('hex', 0, 16)}`);
  if (os !== 'win32' && ((await file.stat()).mode & 0o111) !== 0o111) throw new Error(`${path} may not be run by everybody`);
  return `${os}-${cpu}`;
}

function read(header: Buffer): [os: string, machine: number] {
  if (header.readUInt32BE(0) === ELF) return ['linux', header.readUInt16LE(18)];
  if (header.readUInt32BE(0) === MACH_O) return ['darwin', header.readUInt32LE(4)];
  // The address of the newer header stands in the older one, and the machine after its four letters.
  if (header.readUInt16BE(0) === DOS) return ['win32', header.readUInt16LE(header.readUInt32LE(0x3c) + 4)];
  return ['nobody', 0];
}
