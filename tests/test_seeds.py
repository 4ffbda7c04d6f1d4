import hashlib

from tests.conftest import SEEDS

SHA256 = {
    "000_0c0ea84f6c18f619.txt": "248216d2198403de7390913adea57161b2354265d48deca7bad4e3927c85edd3",
    "001_04c823a8404f9df4.txt": "a02442c230a09affb75ed6743096b2ac2129fd04b285a808f2459268f4a68e32",
    "002_9139f8748934a339.txt": "80ae68186bae2a0ff2e335b2635dffef24540f8249563b8bddb9ad7293a7f952",
    "003_68e254e2bdd542a9.txt": "7bdac13bc4c2a4b0bfd59c7f5f1e78b2ebc72490c5ee1fd3c9af98d5c494c574",
    "004_ebcc6db258416a3b.txt": "2bddad0086702f770434a421e253c0aeee3f41573356c31d6853d9f15b94a3f1",
}


def test_seeds_are_the_five_articles_byte_for_byte():
    assert {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in SEEDS.iterdir()} == SHA256
