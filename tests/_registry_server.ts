// deno-lint-ignore-file no-console -- it tells its port
/**
 * What `deno publish` needs of a registry, on this machine: it takes packages,
 * and keeps each as `NAME.tgz` in the folder of its argument. It prints its port.
 *
 *     deno run --allow-net --allow-write _registry_server.ts FOLDER
 *
 * @module
 */

const [folder] = Deno.args;

const VERSION = /^\/api\/scopes\/[^/]+\/packages\/([^/]+)\/versions\/[^/]+$/;
const PACKAGE = /^\/api\/scopes\/([^/]+)\/packages\/([^/]+)$/;

async function answer(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const version = VERSION.exec(pathname)?.[1];
  if (version !== undefined && request.method === "POST") {
    await Deno.writeFile(`${folder}/${version}.tgz`, await request.bytes());
    return Response.json({ id: version, status: "success", error: null });
  }
  if (version !== undefined) {
    const code = "packageVersionNotFound";
    return Response.json({ code, message: "none yet" }, { status: 404 });
  }
  const [, scope, name] = PACKAGE.exec(pathname) ?? [];
  return name === undefined
    ? Response.json({ code: "notFound", message: pathname }, { status: 404 })
    : Response.json({ scope, name, description: "", latestVersion: null });
}

Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.log(port),
}, answer);
