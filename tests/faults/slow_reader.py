"""Runs a program with a non-blocking pipe as its standard error, and copies what it reads slowly.

Arguments: the program and its own. Exits as it does.
"""

import os
import subprocess
import sys
import time

reader, writer = os.pipe()
os.set_blocking(writer, False)
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=writer)
os.close(writer)
while chunk := os.read(reader, 65536):
    sys.stdout.buffer.write(chunk)
    time.sleep(0.005)
sys.exit(child.wait())
