"""Stands between a client and accessd, and does to single requests what networks and busy servers do."""

import http.client
import http.server
import json
import threading
import urllib.parse


def refusal(status, code, retry_after=None):
    """A refusal in accessd's form."""
    body = json.dumps({"success": False, "error": "made by the test", "code": code, "details": {}})
    headers = {"Content-Type": "application/json"}
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    return status, headers, body.encode()


class FaultyProxy:
    """`faults` are for the next requests, one each: "lose" or (status, headers, body). `seen` is what came:
    (method, path, Idempotency-Key, status of accessd's answer or None)."""

    def __init__(self, target):
        self.faults = []
        self.seen = []
        proxy = self
        address = urllib.parse.urlsplit(target).netloc

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                fault = proxy.faults.pop(0) if proxy.faults else None
                status = None
                if fault in (None, "lose"):
                    connection = http.client.HTTPConnection(address, timeout=20)
                    connection.request(self.command, self.path, body or None, dict(self.headers))
                    response = connection.getresponse()
                    status, headers, content = response.status, dict(response.headers), response.read()
                    connection.close()
                else:
                    _, headers, content = fault
                proxy.seen.append((self.command, self.path, self.headers.get("Idempotency-Key"), status))
                self.close_connection = True
                if fault == "lose":
                    return  # It was done, and nobody hears of it.
                self.send_response(status or fault[0])
                for name, value in headers.items():
                    if name.lower() not in ("content-length", "connection"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = answer

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
