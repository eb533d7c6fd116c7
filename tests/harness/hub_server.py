"""Serves a hub on this machine: the part of its documented protocol that a push uses.

Repositories, commits of regular and of LFS files, files by revision, and what the hub
answers where something is missing or forbidden. It holds everything in memory.
"""

import base64
import hashlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

import yaml

TOKEN = "hf_of_a_test"
# Files of these kinds are large files for the hub, whatever their size.
LFS = (".keras", ".onnx", ".png", ".pb", ".index")
LICENCES = ("cc-by-sa-3.0", "cc-by-4.0", "mit", "other")
DATASET = re.compile(r"[\w-]+/[\w.-]+")
_RESOLVE = re.compile(r"/([\w.-]+/[\w.-]+)/resolve/([^/]+)/(.+)")
_MODEL = re.compile(r"/api/models/([\w.-]+/[\w.-]+)(?:/(\w+)/([^/?]+))?(?:/(.*))?")


class Repository:
    """A repository: its commits by their names, and the branches that name them."""

    def __init__(self, private):
        self.private = private
        self.commits, self.refs = {}, {}
        self.commit("initial commit", {".gitattributes": b"*.keras filter=lfs\n"}, ())

    def commit(self, summary, added, deleted):
        """Adds a commit to the main branch; returns its name."""
        files = dict(self.commits.get(self.refs.get("main"), {})) | added
        files = {name: files[name] for name in sorted(files) if name not in deleted}
        digests = {n: hashlib.sha1(c).hexdigest() for n, c in files.items()}
        told = json.dumps([summary, digests, len(self.commits)])
        commit = hashlib.sha1(told.encode()).hexdigest()
        self.commits[commit] = files
        self.refs["main"] = commit
        return commit


class HubServer:
    """A hub that serves in a thread.

    Attributes:
        url: Its address.
        storage: Where large files are, on another host as the hub's.
        repositories: By their names.
        requests: The method and path of each request.
        broken: Whether every request fails with the status 503.
        forged: Bytes that are sent instead of a file's, by the name of the file.
    """

    def __init__(self):
        self.repositories, self.uploads = {}, {}
        self.requests, self.metadata = [], []
        self.broken, self.ended, self.forged = False, False, {}
        hub = self

        class Handler(_Handler):
            server_of = hub

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{port}"
        # Another host, to which the library sends no token.
        self.storage = f"http://localhost:{port}/storage"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Ends the hub; its address then refuses connections."""
        self.ended = True
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    def files(self, name, revision="main"):
        """Returns the files of a revision by their names."""
        repository = self.repositories[name]
        return repository.commits[repository.refs.get(revision, revision)]

    def add(self, name, files, private=False):
        """Makes a repository of files; returns its commit."""
        self.repositories[name] = Repository(private)
        return self.repositories[name].commit("by hand", files, ())


def digest_of(name, content):
    """Returns what names the content of a file: of large ones, the SHA-256."""
    if name.endswith(LFS):
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha1(b"blob %d\0%b" % (len(content), content)).hexdigest()


def upload(name, known):
    """Returns how a file is to be uploaded, and what of that name is there."""
    mode = "lfs" if name.endswith(LFS) else "regular"
    answer = {"path": name, "uploadMode": mode, "shouldIgnore": False}
    return answer | ({"oid": digest_of(name, known[name])} if name in known else {})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_of: HubServer

    def log_message(self, *arguments):
        pass

    def _body(self):
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _answer(self, content=b"", status=200, **headers):
        if not isinstance(content, bytes):
            content = json.dumps(content).encode()
            headers["Content_Type"] = "application/json"
        self.send_response(status)
        headers = {name.replace("_", "-"): str(v) for name, v in headers.items()}
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _refuse(self, status, code, message):
        self._answer(
            {"error": message}, status, X_Error_Code=code, X_Error_Message=message
        )

    def _serve(self):
        hub, path = self.server_of, unquote(self.path.partition("?")[0])
        if hub.ended:  # a connection that was kept
            self.close_connection = True
            return None
        hub.requests.append((self.command, path))
        body = self._body()
        if hub.broken:
            return self._answer(b"", 503)
        if path.startswith("/storage/"):
            if self.command == "GET" and "Authorization" in self.headers:
                return self._answer(b"", 400)
            return self._storage(path.removeprefix("/storage/"), body)
        given = self.headers.get("Authorization")
        if given is not None and given != f"Bearer {TOKEN}":
            return self._refuse(401, "", "Invalid credentials in Authorization header")
        if found := _RESOLVE.fullmatch(path):
            return self._resolve(*found.groups())
        if self.command == "POST":
            if given is None and path != "/api/validate-yaml":
                return self._refuse(401, "", "Invalid username or password.")
            return self._post(path, body)
        if found := _MODEL.fullmatch(path):
            return self._info(found[1], found[3])
        return self._refuse(404, "", "Not found")

    do_GET = do_HEAD = do_POST = do_PUT = _serve  # noqa: N815

    def _post(self, path, body):
        if path == "/api/repos/create":
            return self._create(json.loads(body))
        if path == "/api/validate-yaml":
            return self._validate(json.loads(body)["content"])
        if found := re.fullmatch(r"/(.+)\.git/info/lfs/objects/batch", path):
            return self._batch(json.loads(body))
        if path == "/lfs-verify":
            told = json.loads(body)
            right = len(self.server_of.uploads.get(told["oid"], b"")) == told["size"]
            return self._answer({}, 200 if right else 404)
        found = _MODEL.fullmatch(path)
        if found and found[2] == "preupload":
            known = self.server_of.files(found[1])
            files = [upload(each["path"], known) for each in json.loads(body)["files"]]
            return self._answer({"files": files})
        if found and found[2] == "commit":
            return self._commit(found[1], body)
        return self._refuse(404, "", "Not found")

    def _create(self, told):
        name = f"{told['organization']}/{told['name']}"
        if told["organization"] not in ("user", "team"):
            message = "You don't have the rights to create a model under this name"
            return self._refuse(403, "", message)
        hub, private = self.server_of, told.get("visibility") == "private"
        private = private or bool(told.get("private"))
        known = name in hub.repositories
        if not known:
            hub.repositories[name] = Repository(private)
        return self._answer({"url": f"{hub.url}/{name}"}, 409 if known else 200)

    def _validate(self, text):
        """Judges the metadata of a README as the hub does."""
        found = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
        if found is None:
            warning = {"message": "empty or missing yaml metadata in repo card"}
            return self._answer({"errors": [], "warnings": [warning]})
        told, errors = yaml.safe_load(found[1]), []
        if told.get("license", "mit") not in LICENCES:
            errors.append({"message": '"license" must be one of the list'})
        for dataset in told.get("datasets", ()):
            if not DATASET.fullmatch(dataset):
                errors.append({"message": '"datasets" must be identifiers'})
        self.server_of.metadata.append(told)
        content = {"errors": errors, "warnings": []}
        return self._answer(content, 400 if errors else 200)

    def _batch(self, told):
        hub, objects = self.server_of, []
        for each in told["objects"]:
            actions = {
                "upload": {"href": f"{hub.storage}/{each['oid']}", "header": {}},
                "verify": {"href": f"{hub.url}/lfs-verify", "header": {}},
            }
            known = each["oid"] in hub.uploads
            objects.append(each | ({} if known else {"actions": actions}))
        return self._answer({"transfer": "basic", "objects": objects})

    def _storage(self, oid, body):
        """Takes or gives a large file; the path of a download ends with its name."""
        hub = self.server_of
        if self.command == "PUT":
            if hashlib.sha256(body).hexdigest() != oid:
                return self._answer(b"", 400)
            hub.uploads[oid] = body
            return self._answer()
        oid, _, name = oid.partition("/")
        return self._answer(hub.forged.get(name, hub.uploads[oid]))

    def _commit(self, name, body):
        hub = self.server_of
        if name not in hub.repositories:
            return self._refuse(404, "RepoNotFound", "Repository not found")
        summary, added, deleted = None, {}, []
        for line in body.splitlines():
            entry = json.loads(line)
            key, value = entry["key"], entry["value"]
            if key == "header":
                summary = value["summary"]
            elif key == "file":
                added[value["path"]] = base64.b64decode(value["content"])
            elif key == "lfsFile":
                added[value["path"]] = hub.uploads[value["oid"]]
            elif key == "deletedFile":
                deleted.append(value["path"])
        commit = hub.repositories[name].commit(summary, added, deleted)
        url = f"{hub.url}/{name}/commit/{commit}"
        return self._answer({"success": True, "commitUrl": url, "commitOid": commit})

    def _repository(self, name, revision):
        """Returns a repository and a commit; answers and returns None if there is none.

        A private repository is not there for those without a token.
        """
        repository = self.server_of.repositories.get(name)
        hidden = repository and repository.private
        if repository is None or (hidden and "Authorization" not in self.headers):
            status = 404 if "Authorization" in self.headers else 401
            self._refuse(status, "RepoNotFound", "Repository not found")
            return None
        commit = repository.refs.get(revision, revision)
        if commit not in repository.commits:
            message = f"Invalid rev id: {revision}"
            self._refuse(404, "RevisionNotFound", message)
            return None
        return repository, commit

    def _info(self, name, revision):
        found = self._repository(name, revision or "main")
        if found is None:
            return
        repository, commit = found
        siblings = [{"rfilename": file} for file in repository.commits[commit]]
        self._answer(
            {
                "id": name,
                "modelId": name,
                "sha": commit,
                "private": repository.private,
                "siblings": siblings,
                "tags": [],
            }
        )

    def _resolve(self, name, revision, file):
        found = self._repository(name, revision)
        if found is None:
            return
        repository, commit = found
        content = repository.commits[commit].get(file)
        if content is None:
            self._answer(
                {"error": "Entry not found"},
                404,
                X_Error_Code="EntryNotFound",
                X_Error_Message="Entry not found",
                X_Repo_Commit=commit,
            )
            return
        hub, headers = self.server_of, {"X_Repo_Commit": commit}
        oid = digest_of(file, content)
        if file.endswith(LFS):
            hub.uploads[oid] = content
            self._answer(
                b"",
                302,
                Location=f"{hub.storage}/{oid}/{file}",
                X_Linked_Etag=f'"{oid}"',
                X_Linked_Size=len(hub.forged.get(file, content)),
                **headers,
            )
            return
        self._answer(hub.forged.get(file, content), ETag=f'"{oid}"', **headers)
