"""A login by code that your own server runs, in a terminal: asks for an address and for the code that it got.

    URL=… PROJECT=prj_… CLIENT_ID=… CLIENT_SECRET=… python3 log_in.py
"""

import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "sdk/python/src"))  # Not where it is installed.

from accessd import Accessd, codes  # noqa: E402


def log_in(accessd, project_id, email, read_code):
    """The person who gives the right code back, or None after the last wrong one. `read_code` asks the person."""
    # A web server adds client={"ip": ..., "user_agent": ...}: limits then count people, and not the server.
    sent = accessd.send_email_otp(project_id=project_id, email=email)
    while True:
        try:
            done = accessd.verify_email_otp(email=email, otp=read_code(), validation_id=sent["validation_id"])
        except codes.InvalidOtp as refused:
            left = refused.details["attempts_remaining"]
            print(f"Wrong; {left} tries left.")
            if left == 0:
                return None
        except codes.OtpExpired:
            print("Too late. Begin again.")
            return None
        else:
            return done["user"]


def main():
    accessd = Accessd(os.environ["URL"], client_id=os.environ["CLIENT_ID"], client_secret=os.environ["CLIENT_SECRET"])
    email = input("Email address: ")
    try:
        user = log_in(accessd, os.environ["PROJECT"], email, lambda: input("Code: "))
    except (codes.InvalidEmail, codes.RateLimited) as refused:
        wait = f" Wait {refused.retry_after_seconds} seconds." if refused.retry_after_seconds else ""
        sys.exit(f"{refused}{wait}")
    print(f"Logged in: {user['user_id']}" if user else "Not logged in.")


if __name__ == "__main__":
    main()
