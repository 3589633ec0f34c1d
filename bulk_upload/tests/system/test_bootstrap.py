"""`manage.py bootstrap`: waits, creates what is missing, changes nothing that is there."""

import uuid
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from rest_framework.authtoken.models import Token

from bulk_upload import progress, queue, storage, storage_lifecycle
from catalog.models import Category, Supplier
from medisupply.backends.shared_cache import CacheDown
from medisupply.management.commands import bootstrap

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_bucket_and_queue(settings, monkeypatch):
    """Names that nobody has used yet: here they have to be missing."""
    name = f"bootstrap-{uuid.uuid4().hex}"
    default = settings.STORAGES["default"]
    options = {**default["OPTIONS"], "bucket_name": name}
    settings.STORAGES = {**settings.STORAGES, "default": {**default, "OPTIONS": options}}
    settings.S3_BUCKET_NAME = name
    settings.SQS_QUEUE_NAME = f"{name}.fifo"
    monkeypatch.setattr(bootstrap, "PAUSE_SECONDS", 0.01)
    queue.queue_url.cache_clear()
    yield
    queue.queue_url.cache_clear()
    queue.dead_letters_url.cache_clear()


def run(**options):
    out = StringIO()
    call_command("bootstrap", stdout=out, **options)
    return out.getvalue()


def test_it_creates_the_bucket_and_both_queues():
    said = run()
    queue.ping()
    assert queue.dead_letters_url().endswith("-dlq.fifo")
    assert default_storage.connection.meta.client.head_bucket(Bucket=default_storage.bucket_name)
    assert f"{default_storage.bucket_name} created" in said


def rules():
    client = default_storage.connection.meta.client
    answer = client.get_bucket_lifecycle_configuration(Bucket=default_storage.bucket_name)
    return {rule["ID"]: rule for rule in answer["Rules"]}


def test_the_bucket_forgets_uploads_that_broke_off_orphans_and_what_can_be_made_again():
    run()
    broken_off, orphans, _uploads, prepared = rules().values()
    assert broken_off["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert broken_off["Filter"] == {"Prefix": "medisupply/uploads/"}
    assert (orphans["Expiration"], orphans["Filter"]) == ({"Days": 30}, {"Prefix": "medisupply/orphans/"})
    assert (prepared["Expiration"], prepared["Filter"]) == ({"Days": 14}, {"Prefix": "medisupply/prepared/"})


def test_a_bucket_that_exists_keeps_its_rules_and_gets_ours_once():
    client = default_storage.connection.meta.client
    client.create_bucket(Bucket=default_storage.bucket_name)
    its_own = {"ID": "logs", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 9}}
    client.put_bucket_lifecycle_configuration(
        Bucket=default_storage.bucket_name, LifecycleConfiguration={"Rules": [its_own]}
    )
    assert storage.ensure_bucket().created == ()
    assert storage.ensure_bucket().created == ()
    assert rules()["logs"] == its_own
    ours = ("abort incomplete uploads", "expire orphans", "expire prepared files after 14 days")
    assert sorted(rules()) == ["logs", *(f"medisupply: {name}" for name in (*ours, "expire uploads after 180 days"))]


def test_a_rule_of_ours_that_its_owner_has_changed_stays_changed():
    run()
    client = default_storage.connection.meta.client
    longer = {**rules()["medisupply: expire orphans"], "Expiration": {"Days": 365}}
    client.put_bucket_lifecycle_configuration(
        Bucket=default_storage.bucket_name, LifecycleConfiguration={"Rules": [longer]}
    )
    said = run()
    assert rules()["medisupply: expire orphans"]["Expiration"] == {"Days": 365}
    assert "“medisupply: expire orphans”" in said
    assert "has Expiration {'Days': 365}, expected is {'Days': 30}. It stays as it is" in said
    assert "“medisupply: expire prepared files”" not in said


def test_a_rule_whose_prefix_stands_outside_a_filter_is_the_same():
    client = default_storage.connection.meta.client
    client.create_bucket(Bucket=default_storage.bucket_name)
    older = [{"Prefix": rule["Filter"]["Prefix"], **rule} for rule in storage_lifecycle.our_rules()]
    for rule in older:
        del rule["Filter"]
    client.put_bucket_lifecycle_configuration(
        Bucket=default_storage.bucket_name, LifecycleConfiguration={"Rules": older}
    )
    assert all("Prefix" in rule and "Filter" not in rule for rule in rules().values())
    assert storage.ensure_bucket().remarks == ()


def test_two_systems_in_one_bucket_have_rules_of_their_own(settings):
    run()
    settings.S3_KEY_PREFIX = "pruebas"
    run()
    assert {rule["Filter"]["Prefix"] for rule in rules().values()} == {
        f"{system}/{folder}/" for system in ("medisupply", "pruebas") for folder in ("uploads", "orphans", "prepared")
    }


def test_who_may_not_change_the_rules_of_a_bucket_is_told_which_are_missing(monkeypatch):
    client = default_storage.connection.meta.client
    client.create_bucket(Bucket=default_storage.bucket_name)

    def denied(**request):
        answer = {"Error": {"Code": "AccessDenied"}, "ResponseMetadata": {"HTTPStatusCode": 403}}
        raise client.exceptions.ClientError(answer, "PutBucketLifecycleConfiguration")

    monkeypatch.setattr(client, "put_bucket_lifecycle_configuration", denied)
    said = run()
    assert f"The lifecycle rules of {default_storage.bucket_name} stay as they are (An error occurred (AccessD" in said
    assert "see that it has “medisupply: abort incomplete uploads”, “medisupply: expire orphans”, “medi" in said


def test_a_bucket_outside_the_first_region_names_its_region():
    assert storage._location("us-east-1") == {}
    assert storage._location("sa-east-1") == {"CreateBucketConfiguration": {"LocationConstraint": "sa-east-1"}}


def test_it_loads_the_suppliers_and_categories():
    run()
    assert Supplier.objects.get(pk="PROV001").activo
    assert Supplier.objects.filter(pk="PROV002").exists()
    assert Category.objects.filter(pk="PROTECCION PERSONAL").exists()


def test_what_was_edited_or_added_since_stays():
    run()
    Supplier.objects.filter(pk="PROV001").update(nombre="Otro nombre", activo=False)
    Supplier.objects.create(codigo="PROV900", nombre="Nuevo")
    said = run()
    edited = Supplier.objects.get(pk="PROV001")
    assert (edited.nombre, edited.activo) == ("Otro nombre", False)
    assert "all there already" in said
    assert "is there" in said


def test_a_row_of_the_fixtures_that_is_missing_is_added_again():
    run()
    Supplier.objects.filter(pk="PROV003").delete()
    assert "1 rows added" in run()


def test_demo_accounts_are_refused_outside_debug(settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="only with DEBUG=true"):
        run(demo=True)
    assert not User.objects.exists()


def test_in_production_demo_accounts_of_before_are_refused_by_name(settings):
    settings.DEBUG = True
    run(demo=True)
    settings.DEBUG = False
    User.objects.filter(username="proveedor2").delete()
    with pytest.raises(CommandError, match=r"everybody knows: admin, proveedor\. Delete them in the admin, or"):
        run()
    settings.DEBUG = True
    run()


def test_without_demo_there_is_no_account(settings):
    settings.DEBUG = True
    run()
    assert not User.objects.exists()


def test_demo_accounts_work_and_belong_to_their_suppliers(settings, client):
    settings.DEBUG = True
    run(demo=True)
    assert client.login(username="admin", password="admin")
    assert User.objects.get(username="admin").is_superuser
    for name, supplier, token in (
        ("proveedor", "PROV001", "demo-token-prov001"),
        ("proveedor2", "PROV002", "demo-token-prov002"),
    ):
        user = Token.objects.get(key=token).user
        assert user.username == name
        assert user.check_password(name)
        assert (user.is_staff, user.is_superuser) == (True, False)
        assert [group.name for group in user.groups.all()] == ["Proveedor"]
        assert [s.pk for s in user.suppliers.all()] == [supplier]


def test_demo_accounts_that_exist_keep_what_was_changed(settings):
    settings.DEBUG = True
    run(demo=True)
    user = User.objects.get(username="proveedor")
    user.set_password("otra")
    user.save()
    run(demo=True)
    user.refresh_from_db()
    assert user.check_password("otra")
    assert User.objects.count() == 3


def test_it_waits_for_a_service_and_says_so_once(monkeypatch):
    answers = iter([CacheDown("connection refused"), CacheDown("connection refused"), None])

    def ping():
        if answer := next(answers):
            raise answer

    monkeypatch.setattr(progress, "ping", ping)
    said = run()
    assert said.count("waiting: connection refused") == 1
    assert "cache       answers" in said


def test_a_service_that_does_not_come_is_named_with_its_variable(monkeypatch):
    def ping():
        raise CacheDown("connection refused")

    monkeypatch.setattr(progress, "ping", ping)
    with pytest.raises(CommandError, match=r"cache: no answer within 0 s \(connection refused\). REDIS_URL"):
        run(timeout=0)


def test_without_redis_the_cache_is_not_waited_for(settings, monkeypatch):
    settings.REDIS_URL = ""
    monkeypatch.setattr(progress, "ping", lambda: pytest.fail("asked"))
    run()
