"""The variables of the services behind the site: database, cache, S3 and SQS."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from medisupply.environment.addresses import Database, Url
from medisupply.environment.kinds import Password, Text
from medisupply.environment.variable import Section, Variable

PROJECT: Final = Path(__file__).resolve().parents[2]

PREFIX: Final = Text(
    r"[\w.:/-]{0,100}",
    "up to 100 letters, digits and signs of . : / - _",
    "hasta 100 letras, cifras y signos `.` `:` `/` `-` `_`",
)
# As boto3 checks it; a whole name instead of a bucket's is that of an access point.
BUCKET: Final = Text(
    r"[a-zA-Z0-9._-]{3,255}|arn:\S+",
    "the name of a bucket, 3 to 255 letters, digits and signs of . - _",
    "nombre de un bucket",
)
QUEUE: Final = Text(
    r"([\w-]{1,75}\.fifo|[\w-]{1,80})?",
    "the name of a queue, up to 80 letters, digits and signs of - _, with .fifo at the end for one in order, or empty",
    "nombre de una cola, hasta 80 letras, cifras y signos `-` `_`; con `.fifo` al final, una cola con orden",
)
REGION: Final = Text(
    r"[a-z0-9-]{1,50}", "the name of a region, such as us-east-1", "nombre de una región, como `us-east-1`"
)
CREDENTIAL: Final = Text(r"\S*", "a credential without blanks", "sin espacios")


class Services(Section):
    title = "Base de datos y caché"

    DATABASE_URL = Variable(
        Database(),
        f"sqlite:///{PROJECT / 'medisupply.sqlite3'}",
        "La base de datos: PostgreSQL, o SQLite para desarrollo. Los signos especiales de la clave se escriben con "
        "`%`: `@` es `%40`.",
        required=True,
        in_production="PostgreSQL",
        secret=True,
        example="postgres://medisupply:change-me@db.internal:5432/medisupply",
        default_in_words="`medisupply.sqlite3` junto a `manage.py`",
    )
    DATABASE_PASSWORD = Variable(
        Password(),
        "",
        "La clave de la base de datos donde se guarda aparte de la dirección, tal cual; vale más que la de la "
        "dirección.",
        secret=True,
    )
    REDIS_URL = Variable(
        Url(("redis", "rediss", "unix")),
        "",
        "El avance en vivo: Redis o Valkey. Vacía: cada proceso guarda lo suyo, solo para pruebas.",
        in_production="aconsejada",
        secret=True,
        example="redis://cache.internal:6379/0",
    )
    REDIS_PASSWORD = Variable(
        Password(),
        "",
        "La clave de Redis donde se guarda aparte de la dirección, tal cual; la dirección no debe tener otra.",
        secret=True,
    )
    CACHE_KEY_PREFIX = Variable(
        PREFIX, "medisupply", "Comienzo de cada clave, para que varios sistemas compartan un Redis."
    )


class Aws(Section):
    title = "AWS"
    note = (
        "Las credenciales, la región y `AWS_ENDPOINT_URL` las lee también boto3, con todas las demás variables "
        "`AWS_…` que conoce."
    )

    AWS_ACCESS_KEY_ID = Variable(
        CREDENTIAL,
        "",
        "Credencial. No hace falta donde la da un rol (EC2, ECS, EKS).",
        secret=True,
        example="change-me",
        default_in_words="lo que boto3 encuentre",
    )
    AWS_SECRET_ACCESS_KEY = Variable(
        CREDENTIAL,
        "",
        "Secreto de la credencial.",
        secret=True,
        example="change-me",
        default_in_words="lo que boto3 encuentre",
    )
    AWS_DEFAULT_REGION = Variable(REGION, "us-east-1", "Región del bucket y de la cola.")
    AWS_ENDPOINT_URL = Variable(
        Url(("http", "https")),
        "",
        "Solo para un S3 y un SQS que no son de Amazon, como moto.",
        in_production="vacía",
        default_in_words="Amazon",
    )
    S3_BUCKET_NAME = Variable(
        BUCKET,
        "medisupply-bulk-uploads",
        "Bucket de los archivos recibidos, privado; `manage.py bootstrap` lo crea si falta.",
    )
    S3_KEY_PREFIX = Variable(
        PREFIX,
        "medisupply",
        "Comienzo de cada clave. Cada sistema que comparte el bucket necesita el suyo, o aparta los archivos de otros.",
    )
    SQS_QUEUE_NAME = Variable(
        QUEUE,
        "medisupply-bulk-upload-queue.fifo",
        "Cola del trabajo; con `.fifo` los archivos de un proveedor se importan en el orden en que llegaron.",
    )
    SQS_QUEUE_URL = Variable(
        Url(("http", "https")),
        "",
        "En lugar del nombre: la dirección de la cola, cuando es de otra cuenta.",
        default_in_words="la de `SQS_QUEUE_NAME`",
    )
