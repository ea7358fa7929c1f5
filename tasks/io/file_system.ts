/** Kinds of file systems on other machines, as Linux names them. */
const NETWORK =
  /^(nfs\d?|cifs|smb\d?|smbfs|afs|ceph|lustre|gpfs|beegfs\w*|glusterfs|orangefs|pvfs2|panfs|9p|fuse\.(sshfs|glusterfs|ceph|s3fs|juicefs|beegfs\w*|gcsfuse|mfs|moosefs))$/;

/**
 * The kind of network file system that a folder is on; null for a local one, and where the system does not say (other systems than Linux).
 *
 * @param folder A folder that exists.
 * @param mounts The mounts as Linux lists them (default: those of this machine).
 */
export async function networkFileSystemOf(folder: string, mounts?: string): Promise<string | null> {
  try {
    const path = await Deno.realPath(folder);
    const lines = (mounts ?? await Deno.readTextFile("/proc/self/mounts")).split("\n");
    let [longest, kind] = [-1, ""];
    for (const line of lines) {
      const [, written = "", type = ""] = line.split(" ");
      const point = written.replaceAll(/\\(\d{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
      const inside = path === point || path.startsWith(point.endsWith("/") ? point : `${point}/`);
      // Of two mounts at one place the later one is seen.
      if (inside && point.length >= longest) [longest, kind] = [point.length, type];
    }
    return NETWORK.test(kind) ? kind : null;
  } catch {
    return null;
  }
}
