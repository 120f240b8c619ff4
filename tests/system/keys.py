"""Tokens and signatures for tests: by the program itself, and by hand as a client of any language would make them."""
import base64
import hashlib
import hmac
import json
import os
import subprocess
import time
import tomllib

from server import BINARY, environment_without_ours


def run(words, stdin=None):
    return subprocess.run([BINARY, *words], input=stdin, capture_output=True, timeout=20, check=False, env=environment_without_ours())


def token(data, subject, role="customer", tenant=None, client=None, ttl="15m"):
    """The token alone, as `orderflow token` prints it."""
    words = ["token", "--data", data, "--subject", subject, "--role", role, "--ttl", ttl]
    words += ["--tenant", tenant] if tenant else []
    words += ["--client", client] if client else []
    done = run(words)
    if done.returncode != 0:
        raise AssertionError(f"orderflow token ended with {done.returncode}: {done.stderr.decode()}")
    return done.stdout.decode().strip()


def bearer(data, subject, role="customer", **more):
    return {"Authorization": "Bearer " + token(data, subject, role, **more)}


def keys_of(data):
    with open(os.path.join(data, "keys.toml"), "rb") as file:
        return tomllib.load(file)


def base64url(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def token_by_hand(secret, claims, header=None):
    text = base64url(json.dumps(header or {"alg": "HS256", "typ": "JWT"}).encode()) + "." + base64url(json.dumps(claims).encode())
    return text + "." + base64url(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest())


def sign_callback(secret, body, at=None):
    at = int(time.time()) if at is None else at
    return f"t={at},v1=" + hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
